"""Mel filters: their edges and areas, worked out in front of the reader."""

from __future__ import annotations

import numpy as np
import pytest

from indextts_post.voiceprint.mel import slaney_filters, symmetric_filters

BIN_HZ = 16_000 / 400


def test_slaney_filters_have_area_one_and_equal_steps_below_1_khz() -> None:
    filters = slaney_filters(40, 16_000, 400)
    # 8 kHz is 15 + 27 · ln 8 / ln 6.4 = 45.245 mel; 41 steps of 1.1035 mel, each 66.67 Hz below 1 kHz: 73.57 Hz.
    step_hz = (15 + 27 * np.log(8) / np.log(6.4)) / 41 * 200 / 3
    assert step_hz == pytest.approx(73.57, abs=0.01)
    assert filters.shape == (40, 201)
    for band in range(1, 11):
        centre = (band + 1) * step_hz
        assert abs(filters[band].argmax() * BIN_HZ - centre) <= BIN_HZ
    assert filters[30:].sum(axis=1) * BIN_HZ == pytest.approx(np.ones(10), rel=0.02)


def test_symmetric_filters_fall_as_wide_as_they_rise() -> None:
    filters = symmetric_filters(80, 16_000, 400)
    highest = 2595 * np.log10(1 + 8000 / 700)
    edges = 700 * (10 ** (np.linspace(0, highest, 82) / 2595) - 1)
    band = 70
    width = edges[band + 1] - edges[band]
    for bin_ in range(201):
        expected = max(0.0, 1 - abs(bin_ * BIN_HZ - edges[band + 1]) / width)
        assert filters[band, bin_] == pytest.approx(expected, abs=1e-5)
