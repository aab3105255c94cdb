"""What is noted of a body: corrected, replaced, side by side; and files of colleagues that become one without losing a word."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations

import pytest

from geo.agreements import MOST_ENTRIES, STATUS_LABELS, Agreements, Entry, Status, copil_subject
from geo.agreements.ledger import renamed
from geo.errors import GeoInputError

NIORT, AIFFRES = "commune:79191", "commune:79003"
SUBJECTS = (
    NIORT,
    AIFFRES,
    "epci:200041317",
    "secteurs-adultes:79G01",
    "hopital:ch niort",
    "fonction:gem",
    copil_subject("communale", "pour"),
)
AUTHORS = ("Ville de Niort", "Centre hospitalier", "ARS")


def said(subject: str = NIORT, status: Status = Status.ASKED, noted: str = "2026-11-20", **more: str) -> Entry:
    return Entry(subject, status, noted=noted, **more)


def test_nothing_noted_is_to_ask_and_no_refusal() -> None:
    standing = Agreements().standing(NIORT)
    assert (standing.status, standing.disputed, standing.heads) == (Status.TO_ASK, False, ())


def test_an_answer_takes_the_place_of_the_one_before_which_stays_in_the_history() -> None:
    asked = said(who="Ville")
    agreed = said(status=Status.AGREED, noted="2026-11-25", who="Hôpital")
    held = Agreements().record(asked).record(agreed)
    assert held.standing(NIORT).status is Status.AGREED
    assert [e.status for e in held.history(NIORT)] == [Status.ASKED]


def test_a_correction_of_the_same_day_by_the_same_author_is_no_history() -> None:
    held = Agreements().record(said(who="Ville")).record(said(status=Status.AGREED, who="Ville", text="Conseil du 12."))
    assert len(held) == 1
    assert held.standing(NIORT).entry.text == "Conseil du 12."


def test_saying_the_same_again_changes_nothing() -> None:
    held = Agreements().record(said(who="Ville"))
    assert held.record(said(who="ARS", noted="2026-11-26")) is held
    assert Agreements().record(Entry(NIORT)) == Agreements()


def test_an_entry_is_of_today_unless_it_says_otherwise() -> None:
    (entry,) = Agreements().record(Entry(NIORT, Status.ASKED))
    assert entry.noted


def test_what_is_taken_back_is_to_ask_again() -> None:
    held = Agreements().record(said(who="Ville")).record(Entry(NIORT, noted="2026-11-27"))
    assert held.standing(NIORT).status is Status.TO_ASK
    assert held.subjects == ()
    assert [e.status for e in held.history(NIORT)] == [Status.ASKED]


def test_what_should_never_have_been_written_leaves_no_trace() -> None:
    held = Agreements().record(said()).record(said(status=Status.AGREED, noted="2026-11-25")).record(said(AIFFRES))
    assert {e.subject for e in held.erased(NIORT)} == {AIFFRES}


def test_two_who_did_not_know_of_each_other_stand_side_by_side_until_one_writes_again() -> None:
    shared = Agreements().record(said(who="Ville", noted="2026-11-01"))
    one = shared.record(said(status=Status.AGREED, who="Ville", noted="2026-11-10"))
    other = shared.record(said(status=Status.REFUSED, who="Hôpital", noted="2026-11-12"))
    both = one.merged(other)
    standing = both.standing(NIORT)
    assert standing.disputed and standing.status is Status.UNSAID
    assert set(standing.statuses) == {Status.AGREED, Status.REFUSED}
    settled = both.record(said(status=Status.AGREED, who="ARS", noted="2026-11-20"))
    assert (settled.standing(NIORT).status, settled.standing(NIORT).disputed) == (Status.AGREED, False)
    assert {e.status for e in settled.history(NIORT)} == {Status.ASKED, Status.AGREED, Status.REFUSED}
    # the older files, read again, change nothing of what was settled
    assert settled.merged(one, other, shared).standing(NIORT) == settled.standing(NIORT)


def test_a_remark_beside_an_answer_is_no_disagreement() -> None:
    remark = Agreements().record(Entry(NIORT, text="Conseil en décembre.", who="Ville", noted="2026-11-10"))
    answer = Agreements().record(said(status=Status.AGREED, who="ARS", noted="2026-11-12"))
    standing = remark.merged(answer).standing(NIORT)
    assert (standing.status, standing.disputed) == (Status.AGREED, False)
    assert standing.texts == ("Conseil en décembre.",)


def test_an_answer_after_a_colleagues_own_is_progress_not_a_disagreement() -> None:
    first = Agreements().record(said(who="Ville", noted="2026-11-01"))
    second = first.record(
        said(status=Status.DELIBERATED, who="EPCI", noted="2026-11-20", day="2026-11-18", reference="2026-112")
    )
    assert first.merged(second) == second
    assert second.standing(NIORT).entry.reference == "2026-112"


def test_functions_are_named_with_whose_word_it_is() -> None:
    held = Agreements().record(Entry("fonction:gem", text="GEM La Bouée", who="CCAS", noted="2026-11-20"))
    assert held.names() == {"fonction:gem": (("GEM La Bouée", "d’après CCAS, le 20/11/2026"),)}
    other = Agreements().record(Entry("fonction:gem", text="gem la bouee ; GEM Le Phare ;", noted="2026-11-21"))
    assert [name for name, _ in held.merged(other).names()["fonction:gem"]] == ["GEM La Bouée", "GEM Le Phare"]


# --- three files become one ---------------------------------------------------------------------------------------------
def _author(chance: random.Random, start: Agreements, who: str, writes: int) -> Agreements:
    held = start
    for _ in range(writes):
        subject = chance.choice(SUBJECTS)
        asked = subject.partition(":")[0] not in ("fonction", "copil")
        status = chance.choice(list(Status)) if asked else Status.UNSAID
        day = chance.choice(["", "2026-10-01", "2026-11-02"])
        text = chance.choice(["", "Accord oral.", "À revoir en mars.", "Séance reportée."])
        held = held.record(
            Entry(subject, status, day, text=text, who=who, noted=f"2026-11-{chance.randint(1, 28):02d}")
        )
    return held


def _words(*files: Agreements) -> set[tuple[str, ...]]:
    return {(e.subject, e.status, e.day, e.text, e.who, e.noted) for file in files for e in file}


@pytest.mark.parametrize("batch", range(5))
def test_five_hundred_exchanges_of_three_colleagues_lose_no_word_and_agree_in_any_order(batch: int) -> None:
    """Three persons start from one file, write apart, exchange in a random order, write again, and merge all."""
    for case in range(100):
        chance = random.Random(1_000 * batch + case)
        start = _author(chance, Agreements(), "Point de départ", chance.randint(0, 4))
        files = [_author(chance, start, who, chance.randint(0, 6)) for who in AUTHORS]
        for _ in range(chance.randint(0, 3)):
            to, of = chance.sample(range(3), 2)
            files[to] = _author(chance, files[to].merged(files[of]), AUTHORS[to], chance.randint(0, 2))
        one = files[0].merged(files[1]).merged(files[2])
        assert all(
            one == a.merged(b).merged(c) == a.merged(b.merged(c)) == a.merged(b, c) for a, b, c in permutations(files)
        )
        assert one.merged(one) == one == one.merged(*files)
        assert _words(one) == _words(*files)
        for subject in SUBJECTS:
            heads, history = one.standing(subject).heads, one.history(subject)
            assert {*heads, *history} == {e for e in one if e.subject == subject}
            assert bool(heads) == any(e.subject == subject for e in one)
            for (
                file
            ) in files:  # what a file has in place is in place here too, or replaced by something that knew of it
                for entry in file.standing(subject).heads:
                    assert entry in heads or any(entry.id in e.over for e in one if e.subject == subject)


# --- what does not come in ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    ["Voir Mme Dupont", "M. Martin est d’accord", "le Dr Ben Ali", "maire@niort.fr", "appeler le 05 49 00 00 00", "Tél. +33 5 49 00 00 00", "0549000000"],
)  # fmt: skip
@pytest.mark.parametrize("field", ["text", "reference", "who"])
def test_a_person_an_address_or_a_number_is_refused_with_what_to_write_instead(text: str, field: str) -> None:
    entry = replace(said(), **{field: text})
    with pytest.raises(GeoInputError, match="ressemble"):
        Agreements().record(entry)


@pytest.mark.parametrize(
    "text",
    ["Le maire est d’accord", "Madame la maire présente le projet", "Délibération n° 2026-11-045", "Conseil du 12/12/2026 à 18 h",
     "Accord de la présidence, 12 voix sur 15", "Monsieur le préfet informé"],
)  # fmt: skip
def test_functions_dates_and_references_are_welcome(text: str) -> None:
    assert Agreements().record(said(text=text)).standing(NIORT).texts == (text,)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Entry("mairie:79191", Status.ASKED), "n’existe pas"),
        (lambda: Entry("commune:", Status.ASKED), "n’existe pas"),
        (lambda: Entry("copil:mondiale:pour", text="Oui"), "n’existe pas"),
        (lambda: Entry("fonction:gem", Status.AGREED), "n’existe pas"),
        (lambda: said(day="2026-02-30"), "jour du calendrier"),
        (lambda: said(day="26/11/2026"), "jour du calendrier"),
        (lambda: said(text="x" * 201), "200 au plus"),
        (lambda: said(text=" =HYPERLINK(1)"), "formule"),
        (lambda: Entry("fonction:gem", text="@SUM(1)"), "formule"),
        (lambda: said(reference="a\u202eb"), "invisibles"),
        (lambda: replace(said(), over=frozenset({"zz"})), "illisible"),
    ],
)
def test_what_could_not_be_shown_or_sent_is_refused(wrong: object, words: str) -> None:
    with pytest.raises(GeoInputError, match=words):
        wrong()  # type: ignore[operator]


def test_there_is_an_end_to_how_much_is_kept() -> None:
    many = tuple(Entry(f"commune:{i:05d}", Status.ASKED) for i in range(MOST_ENTRIES + 1))
    with pytest.raises(GeoInputError, match="au plus"):
        Agreements(many)


def test_entries_changed_on_the_way_still_take_the_place_of_those_they_did() -> None:
    held = Agreements()
    for number, status in enumerate((Status.ASKED, Status.AGREED, Status.DELIBERATED), start=1):
        held = held.record(said(status=status, noted=f"2026-11-{number:02d}"))
    moved = renamed(held, lambda e: replace(e, subject=AIFFRES))
    assert (moved.standing(AIFFRES).status, len(moved.history(AIFFRES))) == (Status.DELIBERATED, 2)


def test_every_status_has_its_words() -> None:
    assert set(STATUS_LABELS) == set(Status) - {Status.UNSAID}
