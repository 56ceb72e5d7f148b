"""IndexTTS-2 and 2.5: networks, weights and the voice that the room speaks through."""
