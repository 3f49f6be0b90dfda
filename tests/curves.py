"""A curve of the heart made by code."""

from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from tests.dicomgen import base, file
from tests.reports import code

TWELVE_LEAD_ECG = "1.2.840.10008.5.1.4.1.1.9.1.1"
RATE, SECONDS = 500, 5
# Of P, Q, R, S and T: seconds from the R wave, width in seconds, millivolts.
_WAVES = (
    (-0.17, 0.025, 0.15),
    (-0.03, 0.01, -0.12),
    (0, 0.012, 1.1),
    (0.03, 0.012, -0.25),
    (0.25, 0.05, 0.3),
)


def ecg(*, leads: tuple[str, ...] = ("I", "II", "III"), **attributes: Any) -> bytes:
    """Each lead the same heart, 75 beats a minute, a third lower than the one before."""
    ds = base(sop_class=TWELVE_LEAD_ECG, modality="ECG", series="ecg", **attributes)
    ds.SeriesDescription, ds.SeriesNumber = "ECG", 9
    since = np.arange(RATE * SECONDS) / RATE % 0.8 - 0.4
    beat = sum(size * np.exp(-(((since - at) / width) ** 2) / 2) for at, width, size in _WAVES)
    group = Dataset()
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = len(leads), len(since)
    group.SamplingFrequency, group.WaveformOriginality = RATE, "ORIGINAL"
    group.ChannelDefinitionSequence = [_channel(name) for name in leads]
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    samples = np.stack([beat * 1000 * (2 / 3) ** place for place in range(len(leads))], axis=1)
    group.add_new(0x54001010, "OW", samples.round().astype("<i2").tobytes())
    ds.WaveformSequence = [group]
    return file(ds)


def _channel(name: str) -> Dataset:
    channel = Dataset()
    channel.ChannelSourceSequence = [code(f"2:{name}", f"Lead {name}", "MDC")]
    channel.ChannelSensitivity, channel.ChannelBaseline = 1, 0
    channel.ChannelSensitivityCorrectionFactor = 1
    channel.ChannelSensitivityUnitsSequence = [code("uV", "microvolt", "UCUM")]
    channel.WaveformBitsStored = 16
    return channel
