"""Content Credentials (C2PA 2.x): what is synthetic in a film or mix, signed with the user's own certificate.

Needs the extra `c2pa` and a certificate for signing (end-entity first, then its issuers, PEM) with its key. Nothing is
asked of a time-stamp authority, so that no machine of others hears of the work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from indextts_post import __version__
from indextts_post.errors import InputError, ToolError
from indextts_post.export.options import Signing
from indextts_post.files import whole_file
from indextts_post.provenance import Synthetic, disclosure, source_type

SIGNABLE = (".wav", ".mp4", ".mov")
"""Containers of ours that have a place for a manifest; Matroska has none."""
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


def check_signing(signing: Signing) -> None:
    """Make sure that files can be signed, by signing a tenth of a second of silence, before anything else is done.

    Raises `ToolError` without the extra, `InputError` for a certificate or key that cannot be used.
    """
    if find_spec("c2pa") is None:
        raise ToolError(
            "c2pa-python, which signs Content Credentials, is not installed: run `pip install indextts-post[c2pa]`."
        )
    import c2pa

    silence = BytesIO()
    sf.write(silence, np.zeros(4_800), 48_000, format="WAV")
    silence.seek(0)
    try:
        with _signer(signing) as signer, c2pa.Builder(_manifest(Path("silence.wav"), ())) as builder:
            builder.sign(signer, "audio/wav", silence, BytesIO())
    except c2pa.C2paError as error:
        raise InputError(f"{signing.certificate}: is no certificate to sign with ({error}).") from error


def sign(path: Path, voices: Sequence[Synthetic], signing: Signing) -> None:
    """Put a signed manifest into a file of `SIGNABLE`, whole or not at all; its samples and pictures stay as they are.

    Raises `InputError` where the certificate will not do, `OutputError` where the file cannot be written.
    """
    import c2pa

    with whole_file(path) as temporary:
        try:
            with _signer(signing) as signer, c2pa.Builder(_manifest(path, voices)) as builder:
                builder.sign_file(path, temporary, signer)
        except c2pa.C2paError as error:
            raise InputError(f"{path}: cannot be signed with {signing.certificate} ({error}).") from error


def _manifest(path: Path, voices: Sequence[Synthetic]) -> dict[str, Any]:
    action = {
        "action": "c2pa.created",
        "digitalSourceType": source_type(composite=True),
        "softwareAgent": {"name": "dubsync", "version": __version__},
        "description": disclosure(voices, composite=True),
    }
    return {
        "claim_generator_info": [{"name": "dubsync", "version": __version__}],
        "title": path.name,
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }


@contextmanager
def _signer(signing: Signing) -> Iterator[Any]:
    import c2pa

    try:
        chain, key = signing.certificate.read_bytes(), signing.key.read_bytes()
    except OSError as error:
        message = f"{error.filename}: cannot be read ({error.strerror}). --c2pa-cert and --c2pa-key name such files."
        raise InputError(message) from error
    algorithm = c2pa.C2paSigningAlg[_algorithm(signing.key, key)]
    with c2pa.Signer.from_info(c2pa.C2paSignerInfo(algorithm, chain, key, None)) as signer:
        yield signer


def _algorithm(path: Path, key: bytes) -> str:
    """How this kind of key signs, by C2PA's names."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        loaded = load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        raise InputError(f"{path}: is no private key in PEM without a password ({error}).") from error
    if isinstance(loaded, ec.EllipticCurvePrivateKey) and loaded.curve.name in _CURVES:
        return _CURVES[loaded.curve.name]
    if isinstance(loaded, rsa.RSAPrivateKey):
        return "PS256"
    if isinstance(loaded, ed25519.Ed25519PrivateKey):
        return "ED25519"
    raise InputError(f"{path}: is a key of a kind that C2PA does not know. Use EC P-256, P-384, P-521, RSA or Ed25519.")
