"""Playing a sound file aloud, with whatever this machine has for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from indextts_post.errors import ToolError

PLAYERS = (
    ("afplay",),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error"),
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
)
"""Programs that play a WAV and then end: of macOS, ffmpeg, PipeWire, PulseAudio, ALSA. Windows plays by itself."""


def play(path: Path) -> None:
    """Play a WAV to its end. Raises `ToolError`, which says where the file is, where nothing here can."""
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(str(path), winsound.SND_FILENAME)
        return
    player = next((command for command in PLAYERS if shutil.which(command[0])), None)
    if player is None:
        names = ", ".join(command[0] for command in PLAYERS)
        raise ToolError(f"{path}: cannot be played, as 0 of {names} are installed. Open the file with a player.")
    done = subprocess.run([*player, str(path)], capture_output=True, text=True, check=False)
    if done.returncode:
        output_lines = done.stderr.strip().splitlines()
        why = output_lines[-1] if output_lines else f"exit code {done.returncode}"
        raise ToolError(f"{path}: {player[0]} could not play it ({why}). Open the file with a player.")
