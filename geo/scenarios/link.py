"""A workbook in a short text for the address of a page, and back, checked at the door.

The text is the number of the format, then base64url of: a checksum, a small head (names, notes, projects, answers, settings other
than the guide's, vintage), the communes as bits (geo/scenarios/bitcode.py). It carries commune codes and what people typed, nothing
else. The checksum tells an accident or a hand from a true link; the checks behind it hold against anyone.

Agreements, like cities opened into IRIS, are a text of their own behind it (geo/scenarios/noted.py).

Form 2 is form 1 with projects and answers, form 3 is form 2 with claims, form 4 is form 3 with budgets: a workbook without any is
written in the lowest form that holds it, as older installations read it. Long answers are left out, all of them together
(`carries_answers`): a link must stay one; the file of scenarios has them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from geo.agreements import NO_AGREEMENTS
from geo.budget import NO_BUDGET, Budget, budget_fields, read_budget
from geo.claims import MOST_CLAIMS, MOST_PIECES, PIECE, Claim
from geo.communes import Atlas
from geo.errors import GeoInputError
from geo.guidance import NO_PROJECT, THRESHOLDS, Project, Settings, read_project
from geo.kept import kept_on_subject
from geo.scenarios.bitcode import BROKEN, BitReader, BitWriter, by_departement, read_codes, write_codes
from geo.scenarios.grain import MARK, Opening, read_opened, whole_communes, with_iris, write_opened
from geo.scenarios.noted import NOTED, read_noted, write_noted
from geo.scenarios.reopen import Opened, RawClaim, RawScenario, commune_of_today, read_settings, reopen
from geo.scenarios.scenario import MOST_SCENARIOS, Scenario, Vintage, Workbook

# Forms: without and with projects and answers; with claims too; with budgets too.
PLAIN, FULL, CLAIMED, COSTED = "1", "2", "3", "4"
LONGEST = 60_000  # characters read; a link of a whole région is about a thousand
MAIL_LENGTH = 2_000  # past it some mail programs cut addresses
MOST_ANSWERS = 3_000  # characters of answers that a link carries, of all scenarios together
_MOST_HEAD = 80_000  # bytes of the head once unpacked
_CHECK = 4
CODE = 5  # characters of the code of a commune
# What heads are made of: zlib writes these words as references. Never edited, not even for a new setting: a link is read with the
# words that it was written with. A new form may have words of its own.
_WORDS = (
    b'"marker":"around":"small":"big_city":"sliver":"central":"max_communes":"max_bodies":"max_area_m2":"max_span_m":'
    b'"note":"Sc\xc3\xa9nario "commune intercommunalit\xc3\xa9 secteur P\xc3\xa9rim\xc3\xa8tre (copie)"}],"s":{"densite":"2026","qpv":"2025",'
    b'"ressources":"2024","c":1,"n":[{"n":"2023 (Mayotte : 2017)"{"v":[2026,"2023 (Mayotte : 2017)","2025"]}'
)
_FULL_WORDS = (
    b'"objectifs":"ressources":"restreint":"concernes":"echelle":"diversite":"etapes":"etapes-suite":"trajets":"arrondissements":'
    b'"elus-du-secteur":"asv":"ptsm":"copil-pour":"copil-contre":"copil-conditions":"a":{"p":["creer"]"p":["fusionner","clsm-'
    b'"p":["elargir","clsm-'
) + _WORDS
_CLAIMED_WORDS = (
    b'"d":[["secteurs-adultes","secteurs-enfants","Centre hospitalier ","2026-","CLS ","CPTS ","DAC ","gem","'
    + _FULL_WORDS
)
_WORDS_OF = {
    PLAIN: _WORDS,
    FULL: _FULL_WORDS,
    CLAIMED: _CLAIMED_WORDS,
    COSTED: b'"b":{"etp_centiemes":50,"euros_par_etp":"fonctionnement":{"diagnostic":"logistique":"participation":"partenaires":"projets":'
    b'"financeurs":["communes","epci","hopital","ars","departement","autres"],"parts_centiemes":{"ars":3334,"communes":3333,"hopital":3333}'
    b'"cle":"egal""cle":"libre","parts_communes_centiemes":{' + _CLAIMED_WORDS,
}


def carries_answers(workbook: Workbook) -> bool:
    """Tell whether a link of the workbook carries the answers to the guide's questions: they are short enough together."""
    return sum(len(text) for s in workbook.scenarios for _, text in s.answers) <= MOST_ANSWERS


def pack(workbook: Workbook, atlas: Atlas) -> str:
    """Write a workbook as a short text that an address can hold as it is."""
    if workbook.agreements:
        return write_noted(pack(replace(workbook, agreements=NO_AGREEMENTS), atlas), workbook.agreements)
    if workbook.opened:
        coarse, left = whole_communes(workbook, atlas)
        return write_opened(pack(coarse, atlas), workbook.opened, left)
    if not carries_answers(workbook):
        workbook = replace(workbook, scenarios=tuple(replace(s, answers=()) for s in workbook.scenarios))
    form = FULL if any(s.answers or s.project != NO_PROJECT for s in workbook.scenarios) else PLAIN
    form = CLAIMED if workbook.claims else form
    form = COSTED if any(s.budget != NO_BUDGET for s in workbook.scenarios) else form
    text = json.dumps(_head(workbook), ensure_ascii=False, separators=(",", ":")).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=_WORDS_OF[form])
    short = packer.compress(text) + packer.flush()
    sized = BitWriter()
    sized.gamma(len(short) + 1)
    writer = BitWriter()
    everyone = _everyone(atlas)
    for scenario in workbook.scenarios:
        write_codes(writer, scenario.codes, everyone)
        if scenario.locked:
            write_codes(writer, scenario.locked, everyone)
    for claim in workbook.claims:
        write_codes(writer, _coarse(claim.pieces), everyone)
        if claim.parts:
            write_codes(writer, _coarse(claim.parts), everyone)
    body = sized.data() + short + writer.data()
    return form + base64.urlsafe_b64encode(_checksum(body) + body).decode().rstrip("=")


def _head(workbook: Workbook) -> dict[str, Any]:
    """Return all that is not the communes, under short names; what is at its default is left out."""
    head: dict[str, Any] = {}
    if workbook.settings != Settings():
        head["s"] = changed_settings(workbook.settings)
    if len(workbook.scenarios) > 1 or workbook.scenario != Scenario(workbook.scenario.name, workbook.codes):
        head["c"] = workbook.current
    if "c" in head or workbook.scenario.name != Workbook().scenario.name:
        head["n"] = [_head_of(s) for s in workbook.scenarios]
    if workbook.vintage.known:
        v = workbook.vintage
        head["v"] = [v.communes, v.populations, v.epci, *([dict(v.sources)] if v.sources else [])]
    if workbook.claims:
        head["d"] = [[c.kind, c.name, c.who, c.day, c.hospital, _flags(c), *_fine(c)] for c in workbook.claims]
    return head


def _coarse(codes: frozenset[str]) -> frozenset[str]:
    """Return the codes of communes, which are written as bits."""
    return frozenset(code for code in codes if len(code) == CODE)


def _fine(claim: Claim) -> list[list[str]]:
    """Return the pieces of a claim that are smaller than communes, whole and in part, as texts; nothing where there are none."""
    fine = [sorted(codes - _coarse(codes)) for codes in (claim.pieces, claim.parts)]
    return fine if any(fine) else []


def _flags(claim: Claim) -> int:
    """Return as one number whether a claim has parts, is whole, prevails."""
    return bool(claim.parts) + 2 * claim.whole + 4 * claim.prevails


def unpack(text: str, atlas: Atlas, vintage: Vintage | None = None, opening: Opening | None = None) -> Opened:
    """Read a workbook from a link's text; `vintage` is that of the active data, to say what has changed since.

    `opening` is asked for the communes with the cities that the link opens into IRIS; without it, or where it cannot, they stay whole.

    Raises
    ------
    GeoInputError
        When the text was cut, changed, or is of another version; one plain sentence.
    """
    if NOTED in text and len(text) <= LONGEST:
        before, _, noted = text.rpartition(NOTED)
        found = unpack(before, atlas, vintage, opening)
        agreements, said = read_noted(before, noted, commune_of_today(atlas))
        return Opened(replace(found.workbook, agreements=agreements), tuple(dict.fromkeys((*found.notices, *said))))
    if MARK in text and len(text) <= LONGEST:
        coarse, fine = text.split(MARK, 1)
        return _unpack_opened(coarse, fine, atlas, vintage, opening)
    if not text or len(text) > LONGEST:
        raise GeoInputError("Ce lien est vide." if not text else "Ce lien est trop long pour être le nôtre.")
    if text[0] not in _WORDS_OF:
        raise GeoInputError(
            "Ce lien n’est pas de la forme attendue : il vient peut-être d’une autre version du tableau de bord."
        )
    try:
        data = base64.b64decode((text[1:] + "=" * (-len(text[1:]) % 4)).encode("ascii"), b"-_", validate=True)
        body = data[_CHECK:]
        if not body or data[:_CHECK] != _checksum(body) or text[0] + _plain64(data) != text:
            raise GeoInputError(BROKEN)
        head, bits = _split(body, text[0])
        return _opened(head, bits, atlas, vintage, text[0])
    except GeoInputError:
        raise
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, zlib.error, RecursionError) as error:
        raise GeoInputError(BROKEN) from error


def _unpack_opened(text: str, fine: str, atlas: Atlas, vintage: Vintage | None, opening: Opening | None) -> Opened:
    before = unpack(text, atlas, vintage)
    cities, left = read_opened(text, fine, len(before.workbook.scenarios))
    here, said = opening(cities) if opening else (atlas, ())
    found = unpack(text, here, vintage)
    workbook, lost = with_iris(found.workbook, here, left)
    return Opened(workbook, tuple(dict.fromkeys((*found.notices, *said, *lost))))


def changed_settings(settings: Settings) -> dict[str, int | float]:
    """Return the settings that differ from the guide's, under their names."""
    guide = Settings()
    return {name: getattr(settings, name) for name in THRESHOLDS if getattr(settings, name) != getattr(guide, name)}


def _head_of(scenario: Scenario) -> dict[str, Any]:
    head: dict[str, Any] = {"n": scenario.name}
    if scenario.note:
        head["note"] = scenario.note
    if scenario.locked:
        head["l"] = 1
    if scenario.project != NO_PROJECT:
        head["p"] = [str(scenario.project.intent), *scenario.project.clsm]
    if scenario.answers:
        head["a"] = dict(scenario.answers)
    if scenario.budget != NO_BUDGET:
        head["b"] = budget_fields(scenario.budget)
    return head


_ENTRIES = {
    PLAIN: frozenset({"n", "note", "l"}),
    FULL: frozenset({"n", "note", "l", "p", "a"}),
    CLAIMED: frozenset({"n", "note", "l", "p", "a"}),
    COSTED: frozenset({"n", "note", "l", "p", "a", "b"}),
}


def _opened(head: dict[str, Any], bits: bytes, atlas: Atlas, vintage: Vintage | None, form: str) -> Opened:
    entries = _ENTRIES[form]
    if not isinstance(head, dict) or set(head) - {"s", "c", "n", "v"} - ({"d"} if form in (CLAIMED, COSTED) else set()):
        raise GeoInputError(BROKEN)
    names = head.get("n", [{"n": Workbook().scenario.name}])
    if (
        not isinstance(names, list)
        or not all(isinstance(entry, dict) for entry in names)
        or len(names) > MOST_SCENARIOS
    ):
        raise GeoInputError(BROKEN)
    reader, everyone = BitReader(bits), _everyone(atlas)
    raw = []
    for entry in names:
        if set(entry) - entries:
            raise GeoInputError(BROKEN)
        codes, whole = read_codes(reader, everyone)
        locked = read_codes(reader, everyone)[0] if entry.get("l") else frozenset()
        texts = (entry["n"], codes, entry.get("note", ""), locked, whole)
        raw.append(RawScenario(*texts, _project(entry), entry.get("a", {}), _budget(entry)))
    claims = _claims(head.get("d", []), reader, everyone)
    if len(reader.bits) - reader.at >= 8 or "1" in reader.bits[reader.at :]:
        raise GeoInputError(BROKEN)
    sent = _vintage(head.get("v"))
    return reopen(raw, head.get("c", 0), read_settings(head.get("s", {})), sent, atlas, vintage, claims)


def _claims(given: Any, reader: BitReader, everyone: Mapping[str, frozenset[str]]) -> list[RawClaim]:
    if not isinstance(given, list) or len(given) > MOST_CLAIMS:
        raise GeoInputError(BROKEN)
    found = []
    for entry in given:
        kind, name, who, day, hospital, flags, *fine = entry
        wholes, partly = map(_pieces, fine or ([], []))
        if not isinstance(flags, int) or not 0 <= flags < 8:
            raise GeoInputError(BROKEN)
        pieces = read_codes(reader, everyone)[0]
        parts = read_codes(reader, everyone)[0] if flags & 1 else frozenset()
        pieces, parts = pieces | wholes, parts | partly
        found.append(RawClaim(kind, name, who, day, hospital, pieces, parts, bool(flags & 2), bool(flags & 4)))
    return found


def _pieces(codes: Any) -> frozenset[str]:
    """Read the codes of pieces smaller than communes."""
    if not isinstance(codes, list) or len(codes) > MOST_PIECES or not all(isinstance(code, str) for code in codes):
        raise GeoInputError(BROKEN)
    if not all(PIECE.fullmatch(code) for code in codes):
        raise GeoInputError(BROKEN)
    return frozenset(codes)


def _project(entry: dict[str, Any]) -> Project:
    if "p" not in entry:
        return NO_PROJECT
    if not isinstance(entry["p"], list):
        raise GeoInputError(BROKEN)
    intent, *clsm = entry["p"]
    return read_project(intent, clsm)


def _budget(entry: dict[str, Any]) -> Budget:
    return read_budget(entry["b"]) if "b" in entry else NO_BUDGET


def _vintage(given: Any) -> Vintage:
    if given is None:
        return Vintage()
    communes, populations, epci, *sources = given
    return Vintage(communes, populations, epci, tuple(sorted(dict(*sources).items())))


def _split(body: bytes, form: str = PLAIN) -> tuple[dict[str, Any], bytes]:
    start = BitReader(body[:8])
    size = start.gamma() - 1
    begin = -(-start.at // 8)
    unpacker = zlib.decompressobj(-15, zdict=_WORDS_OF[form])
    text = unpacker.decompress(body[begin : begin + size], _MOST_HEAD)
    if not unpacker.eof or unpacker.unused_data:
        raise GeoInputError(BROKEN)
    return json.loads(text), body[begin + size :]


def _plain64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK, person=b"clsm-link").digest()


@kept_on_subject
def _everyone(atlas: Atlas) -> dict[str, frozenset[str]]:
    whole = atlas.table["niveau"].to_numpy() != "iris"
    return by_departement((*map(str, atlas.codes[whole]), *atlas.opened))
