"""Who is in a room, over several processes: nobody is shown ten seconds after their process fell silent."""

from consults.presence import BEAT_SECONDS, FORGET_SECONDS, Presence, Present


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def person(name: str, since: str = "2026-11-22T08:00:00+00:00") -> Present:
    return Present(id=name, name=name, hospital="A", since=since)


def names(presence: Presence) -> list[str]:
    return [present["name"] for present in presence.people("room")]


def test_several_windows_of_one_person_are_one_person_until_the_last_closes() -> None:
    here = Presence()
    here.enter("room", "s1", person("An", "2026-11-22T08:00:01+00:00"))
    here.enter("room", "s2", person("An", "2026-11-22T08:00:00+00:00"))
    here.enter("room", "s3", person("Bích", "2026-11-22T07:59:00+00:00"))

    assert names(here) == ["Bích", "An"]
    assert here.people("room")[1]["since"] == "2026-11-22T08:00:00+00:00"
    here.leave("room", "s1")
    assert names(here) == ["Bích", "An"]
    here.leave("room", "s2")
    assert names(here) == ["Bích"]
    assert here.people("another room") == []


def test_another_process_is_believed_for_as_long_as_it_speaks() -> None:
    clock = Clock()
    here, there = Presence(clock), Presence(clock)
    there.enter("room", "s1", person("Bích"))

    here.hear("room", there.beat("room"))
    clock.now += FORGET_SECONDS - 0.1
    assert names(here) == ["Bích"]
    here.hear("room", there.beat("room"))
    clock.now += FORGET_SECONDS - 0.1
    assert names(here) == ["Bích"]
    clock.now += 0.2
    assert names(here) == []
    assert FORGET_SECONDS + BEAT_SECONDS <= 10


def test_leaving_is_told_at_once() -> None:
    here, there = Presence(), Presence()
    there.enter("room", "s1", person("Bích"))
    here.hear("room", there.beat("room"))
    there.leave("room", "s1")
    here.hear("room", there.beat("room"))
    assert names(here) == []


def test_our_own_words_coming_back_change_nothing() -> None:
    here = Presence()
    here.enter("room", "s1", person("An"))
    beat = here.beat("room")
    here.leave("room", "s1")
    here.hear("room", beat)
    assert names(here) == []
