"""From segments to semantic codes: the language model, its conditioning networks, decoding on a budget, calibration."""
