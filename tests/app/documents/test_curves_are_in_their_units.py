"""Waveforms against pydicom's own reading of the same samples."""

import base64
from collections.abc import Callable

import numpy as np
import pytest
from pydicom.dataset import Dataset

from app.base.errors import Unsupported
from app.documents.waveform import waveforms_of
from tests.app.documents.conftest import Read, both
from tests.dicomgen import base, file
from tests.reports import code


@pytest.mark.parametrize("name", ["pydicom/waveform_ecg.dcm", "synthetic/mod/ECG_12lead_500Hz.dcm"])
def test_every_sample_is_what_pydicom_makes_of_it(name: str, from_corpus: Callable[[str], Read]) -> None:
    ours, theirs = from_corpus(name)
    told = waveforms_of(ours)
    assert len(told["groups"]) == len(theirs.WaveformSequence)
    for place, group in enumerate(told["groups"]):
        wanted = theirs.waveform_array(place)  # corrected by sensitivity and baseline
        item = theirs.WaveformSequence[place]
        assert group["rate"] == float(item.SamplingFrequency)
        for number, channel in enumerate(group["channels"]):
            values = np.frombuffer(base64.b64decode(channel["data"]), "<f4")
            np.testing.assert_allclose(values, wanted[:, number], rtol=1e-6, atol=1e-5)
            definition = item.ChannelDefinitionSequence[number]
            assert channel["name"] == definition.ChannelSourceSequence[0].CodeMeaning
            assert channel["unit"]["value"] == definition.ChannelSensitivityUnitsSequence[0].CodeValue


def curve(samples: bytes, *, count: int) -> bytes:
    ds = base(sop_class="1.2.840.10008.5.1.4.1.1.9.1.2", modality="ECG", series="ecg")
    group = Dataset()
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = 1, count
    group.SamplingFrequency = 500
    channel = Dataset()
    channel.ChannelSourceSequence = [code("2:1", "Lead I", "MDC")]
    channel.ChannelSensitivity, channel.ChannelBaseline = 5, 2
    channel.ChannelSensitivityCorrectionFactor = 0.5
    channel.ChannelSensitivityUnitsSequence = [code("uV", "microvolt", "UCUM")]
    group.ChannelDefinitionSequence = [channel]
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = 16, "SS"
    group.add_new(0x5400100A, "OW", np.array([-32768], "<i2").tobytes())
    group.add_new(0x54001010, "OW", samples)
    ds.WaveformSequence = [group]
    return file(ds)


def test_padding_is_a_gap_and_baseline_and_correction_count() -> None:
    ours, _ = both(curve(np.array([0, 100, -32768, -100], "<i2").tobytes(), count=4))
    (channel,) = waveforms_of(ours)["groups"][0]["channels"]
    values = np.frombuffer(base64.b64decode(channel["data"]), "<f4")
    np.testing.assert_allclose(values, [5, 255, np.nan, -245])


@pytest.mark.parametrize("count", [5, 5_000_000])
def test_curves_that_are_not_there_are_refused(count: int) -> None:
    ours, _ = both(curve(bytes(8), count=count))
    with pytest.raises(Unsupported):
        waveforms_of(ours)
