"""The file for a council as data: the figures and sentences that every document of it says, made once.

It builds on the note (`geo.exports`): what the note says of a perimeter is said in the same words by the deliberation, the
letters, the slides, the page and the summary.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from geo import french as fr
from geo.budget import costed, town_sentence
from geo.communes import parts_named, short_name
from geo.exports import Export, Note, Point, blank, measured, of_aim, towns, where
from geo.guidance import CARERS, CONCERNED, ars_desk, round_table, sectors_met
from geo.layers import LayerId

GUIDE = "Guide national 2025 des CLSM"
# The five members that the guide asks for in every body (« Composition des CLSM »).
MEMBERS = (
    "des élus locaux ou leurs représentants",
    "les chefs de pôle ou de service de psychiatrie, ou leurs représentants",
    "des personnes concernées par des troubles psychiques",
    "des aidants",
    "la coordination du CLSM",
)
# The five aims that all CLSM share (« Objectifs des CLSM »), in this tool's words.
AIMS = (
    "combattre la stigmatisation",
    "agir sur ce qui détermine la santé mentale",
    "prévenir les troubles psychiques",
    "favoriser l’inclusion et le respect des droits",
    "rendre les parcours de soins accessibles et adaptés",
)


@dataclass(frozen=True)
class Wishes:
    """What the person who asks for the file says of it; what is not said is printed as a blank.

    `council` is the body that deliberates, `session` the day it meets, `signatory` who signs, `contact` whom to answer; `remark` asks for
    the private remark of the scenario to be printed.
    """

    council: str = ""
    session: str = ""
    signatory: str = ""
    contact: str = ""
    remark: bool = False

    @property
    def council_text(self) -> str:
        """The body that deliberates, or its blank."""
        return self.council.strip() or blank("collectivité qui délibère")

    @property
    def session_text(self) -> str:
        """The day it meets, or its blank."""
        return self.session.strip() or blank("date de la séance")

    @property
    def signatory_text(self) -> str:
        """Who signs, or its blank."""
        return self.signatory.strip() or blank("nom et qualité du signataire")

    @property
    def contact_text(self) -> str:
        """Whom to answer, or its blank."""
        return self.contact.strip() or blank("personne à joindre, téléphone, courriel")


@dataclass(frozen=True)
class Addressee:
    """Who a letter is for: a body, the function in it, and a sentence on its part of the perimeter (empty when nothing is known)."""

    name: str
    role: str
    part: str = ""


@dataclass(frozen=True, eq=False)
class Dossier:
    """A perimeter with all that the documents say of it."""

    export: Export
    wishes: Wishes = Wishes()

    @cached_property
    def note(self) -> Note:
        """The note, with the remark only when it is asked for; its calendar says the day of the session when it is known."""
        note = self.printed.note()
        if not self.wishes.session.strip():
            return note
        (step, _), *rest = note.front.calendar
        return replace(note, front=replace(note.front, calendar=((step, self.wishes.session.strip()), *rest)))

    @property
    def printed(self) -> Export:
        """The export without what its author keeps to themselves."""
        if self.wishes.remark:
            return self.export
        return replace(self.export, scenario=replace(self.export.scenario, note=""))

    @property
    def name(self) -> str:
        """The title of the perimeter, which a meeting understands."""
        return self.note.name

    @property
    def made(self) -> str:
        """When and by what the documents are made."""
        return f"{self.note.made_on} · Tableau de bord CLSM, version {self.note.version}"

    @property
    def of_aim(self) -> str:
        """« de créer un CLSM », « d’élargir le CLSM de X »."""
        return of_aim(self.export.found)

    @property
    def figures(self) -> tuple[tuple[str, str], ...]:
        """The figures of the first page, which every document that gives figures repeats."""
        return self.note.front.figures

    @property
    def checked(self) -> tuple[Point, ...]:
        """The strengths, then the points to discuss."""
        return (*self.note.front.strengths, *self.note.front.points)

    @property
    def size(self) -> str:
        """« 4 communes »."""
        return self.export.facts.size_text

    @cached_property
    def people(self) -> str:
        """« 260 211 habitants »."""
        return fr.inhabitants(self.export.facts.population)

    @property
    def where(self) -> str:
        """The départements."""
        return where(self.export.found)

    @cached_property
    def rests_on(self) -> str:
        """« 260 211 habitants (population municipale 2023), 4 communes : A, B… »: the perimeter in a sentence."""
        facts = self.export.facts
        names = towns(self.export.found, 12)
        return fr.typeset(
            f"{self.size} : {names} ; {self.people} (population municipale {facts.population_year}), {self.where}"
        )

    def measured(self, measure: str) -> str:
        """Write a figure as every page writes it."""
        return measured(self.export.found, measure)

    @cached_property
    def communes(self) -> tuple[tuple[str, str], ...]:
        """The communes, or the parts of a city, each by its name, with their inhabitants, the most populous first."""
        facts = self.export.facts
        return tuple((name, fr.number(n)) for name, n in parts_named(facts.atlas, facts.perimeter.communes, each=True))

    # --- to whom the letters are written ----------------------------------------------------------------------------
    def mayors(self) -> tuple[Addressee, ...]:
        """Return the mayors, the most populous commune first, with what the commune would bear once a budget is chosen; those of the
        arrondissements taken follow that of their city."""
        facts, budget = self.export.facts, self.export.scenario.budget
        costing = costed(budget, facts)
        found = []
        for code, count in facts.towns.items():
            name = facts.town_name(str(code))
            cost = f" {town_sentence(budget, costing, str(code), name)}" if costing.payers else ""
            found.append(Addressee(name, "maire", f"{self._weight_of(str(code), int(count))}{cost}"))
            found += self._districts(str(code))
        return tuple(found)

    def _districts(self, town: str) -> list[Addressee]:
        """Return the mayors of the arrondissements taken of a city, in their order."""
        facts = self.export.facts
        mine = facts.table[(facts.table["commune"] == town) & (facts.table["niveau"] == "arrondissement")]
        whole = fr.number(facts.population)
        return [
            Addressee(short_name(str(name)), "maire d’arrondissement",
                      f"Votre arrondissement y compte pour {fr.inhabitants(int(people))} sur {whole}.")
            for name, people in zip(mine["nom"], mine["population"], strict=True)
        ]  # fmt: skip

    def _weight_of(self, town: str, people: int) -> str:
        """Say what a commune is in the perimeter, and by which of its arrondissements or IRIS when it does not take them all."""
        facts = self.export.facts
        mine = facts.table.loc[facts.table["commune"] == town, "code"]
        whole = len(mine) == len(facts.atlas.members("commune", town))
        by = "" if whole else f", par {fr.listing((name for name, _ in parts_named(facts.atlas, mine)), most=12)}"
        if len(facts.towns) == 1:
            return f"Votre commune est la seule concernée{by}\u00a0: {fr.inhabitants(people)}."
        return f"Votre commune y compte pour {fr.inhabitants(people)} sur {fr.number(facts.population)}{by}."

    def bodies(self) -> tuple[Addressee, ...]:
        """Return the presidents of the intercommunal bodies."""
        return tuple(
            Addressee(
                part.name, "présidence",
                f"{fr.count(part.communes, 'commune')} sur {fr.number(part.communes_total)} de votre intercommunalité y {fr.noun(part.communes, 'est', 'sont')}, soit "
                f"{fr.ratio(part.population, part.population_total)} de ses habitants.",
            )
            for part in self.export.facts.bodies
        )  # fmt: skip

    def psychiatry(self) -> tuple[Addressee, ...]:
        """Return the sectors met, then the hospitals they are attached to; none is invented."""
        sectors = sectors_met(self.export.facts)
        kinds = {LayerId.ADULT_SECTORS: "psychiatrie adulte", LayerId.CHILD_SECTORS: "psychiatrie infanto-juvénile"}
        heads = [
            Addressee(s.name, f"chef de pôle ou de service ({kinds[LayerId(s.layer)]})", s.sentence) for s in sectors
        ]
        hospitals = dict.fromkeys(s.establishment for s in sectors if s.establishment)
        return (*heads, *(Addressee(name, "direction et communauté médicale de psychiatrie") for name in hospitals))

    def concerned(self) -> tuple[Addressee, ...]:
        """Return who stands for persons concerned and for carers, as far as somebody named them."""
        table = round_table(self.export.facts, self.export.agreements.names())
        return tuple(Addressee(s.who, s.role) for s in table.seats if s.known and s.group in (CONCERNED, CARERS))

    def agencies(self) -> tuple[Addressee, ...]:
        """Return the regional health agencies."""
        atlas, table = self.export.facts.atlas, self.export.facts.table
        regions = sorted(set(table["region"]))
        return tuple(
            Addressee(
                f"ARS {atlas.regions.at[r, 'nom']}",
                " et ".join(dict.fromkeys(("direction générale", ars_desk(atlas, r)))),
            )
            for r in regions
        )
