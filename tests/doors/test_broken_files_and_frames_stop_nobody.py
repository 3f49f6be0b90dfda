"""A few hundred mutated files by C-STORE and STOW-RS, rendered where they are taken, and as many corrupted frames: every
one is answered in time and nothing of ours dies. Ten thousand of each: `python -m tests.bench.fuzz`.
"""

from pathlib import Path

import pytest

from tests.bench.fuzz import LONGEST, Watch, fuzz_files, fuzz_frames
from tests.decoding import running_decoder

FILES, FRAMES = 200, 300


@pytest.mark.filterwarnings("ignore")  # of pydicom, about what was broken on purpose
def test_every_broken_file_and_frame_is_answered(tmp_path: Path) -> None:
    watch = Watch()
    (tmp_path / "data").mkdir()
    with running_decoder(tmp_path) as decoder:
        fuzz_files(FILES, tmp_path / "data", decoder.path, watch)
        fuzz_frames(FRAMES, decoder.path, watch)
        assert decoder.children(), "decoders that die are replaced"
        assert Path(f"/proc/{decoder.pid}").exists()
    told = watch.answers
    answered = sum(count for what, count in told.items() if not what.startswith("render"))
    assert answered == FILES + FRAMES
    assert not any(what.startswith(("STOW 5", "C-STORE FFFF", "C-STORE 0110")) for what in told), told
    assert max(watch.longest.values()) < LONGEST
