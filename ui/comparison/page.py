"""Pieces of the Comparaison page: choosing, the maps side by side, the table, what the checks say, what the guide asks."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence

import streamlit as st

from geo import french as fr
from geo.communes import pieces_text
from geo.comparison import (
    MOST_COMPARED,
    SCALE_QUESTIONS,
    Candidate,
    SideBySide,
    Verdict,
    default_choice,
    every_candidate,
    not_offered,
    retained,
)
from geo.errors import GeoInputError
from geo.exports import open_exported
from geo.guidance import MEASURES, Settings
from geo.scenarios import Opened
from ui import frame, html, loaders, panels, passage, reading_desk, search
from ui.address import unpacked
from ui.cache import Cities, cities, keyed_on_data
from ui.choices import distinct, pick_one, pick_several
from ui.comparison import link as comparison_link

FILE = "compare-file"
LINK = "compare-link"
ONLY = "compare-only"
COMPARISON_STYLE = """
<style>
.clsm-compare {width:100%; border-collapse:collapse; font-size:.88rem; line-height:1.35;}
.clsm-compare th {text-align:right; vertical-align:bottom; font-weight:600; color:#1d2a30; border-bottom:2px solid #9fb0b7; padding:.3rem .5rem;}
.clsm-compare th[scope=row], .clsm-compare th:first-child {text-align:left; font-weight:400; border-bottom:1px solid #e8edef; max-width:16rem; vertical-align:top; padding:.28rem .5rem;}
.clsm-compare thead th:first-child {border-bottom:2px solid #9fb0b7;}
.clsm-compare td {text-align:right; vertical-align:top; border-bottom:1px solid #e8edef; padding:.28rem .5rem; font-variant-numeric:tabular-nums;}
.clsm-compare td.ref, .clsm-compare th.ref {background:#f3f6f7;}
.clsm-compare td b {display:block; font-weight:600; font-size:.82rem; white-space:nowrap;}
.clsm-compare td.gap {box-shadow:inset 3px 0 0 #0b6e75;}
.clsm-compare tr.group th {background:#e9eff1; font-weight:600; text-align:left; padding:.3rem .5rem;}
.clsm-carte {border:1px solid #dde3e6; border-radius:6px; padding:.5rem .6rem; margin:0 0 .3rem;}
.clsm-remarque {margin:0 0 .2rem; font-size:.8rem; line-height:1.35; color:#3a474e;}
.clsm-carte img {width:100%; height:auto; display:block;} .clsm-carte h3 {font-size:.98rem !important; line-height:1.3 !important; min-height:2.6em; margin:0; padding:0 !important;}
.clsm-carte p {margin:.1rem 0; font-size:.83rem; color:#3a474e;} .clsm-carte p.clsm-grand {font-size:1.15rem; font-weight:650; color:#1d2a30;}
</style>
"""


def pick_commune() -> str | None:
    """Ask from which commune the candidates come, an arrondissement or a whole city; None until one is chosen."""
    atlas = loaders.atlas()
    comparison_link.start()
    held = st.session_state.get(comparison_link.COMMUNE)
    search.find(
        "Commune de départ",
        key="recherche-comparaison",
        kinds=search.COMMUNES,
        held=atlas.label(held) if held else "",
        on_choose=_take_commune,
    )
    return str(held) if held else None


def _take_commune(chosen: str) -> None:
    if chosen:
        st.session_state[comparison_link.COMMUNE] = chosen


def pick_candidates(commune: str) -> tuple[tuple[Candidate, ...], int]:
    """Ask which perimeters to set side by side and which is the reference; return them and the reference's position."""
    found = every_candidate(loaders.opened_world(), commune, frame.workbook().scenarios, frame.settings())
    offered = {c.id: c for c in found}
    titles = distinct({i: c.title for i, c in offered.items()})
    key = comparison_link.choice_key(commune)
    asked = st.session_state.get(key) or [c.id for c in default_choice(list(offered.values()))]
    known, lost = comparison_link.clean(asked, list(offered))
    if lost:
        st.warning(
            f"{fr.count(len(lost), 'périmètre demandé n’existe', 'périmètres demandés n’existent')} pas ici ; les autres sont affichés."
        )
    st.session_state[key] = known or [next(iter(offered))]
    left, right = st.columns([11, 5], gap="small")
    with left:
        chosen = pick_several(
            f"Périmètres côte à côte ({MOST_COMPARED} au plus)", list(offered), format_func=lambda i: titles.get(i, i),
            max_selections=MOST_COMPARED, key=key, placeholder="Choisissez des périmètres",
        )  # fmt: skip
    for text in not_offered(loaders.opened_crosswalk(), commune, frame.settings()):
        st.caption(html.literal(text))
    picked = tuple(offered[i] for i in chosen)
    if not picked:
        return (), 0
    if st.session_state.get(comparison_link.REFERENCE) not in chosen:
        st.session_state[comparison_link.REFERENCE] = chosen[0]
    with right:
        reference = pick_one(
            "Comparer à", chosen, format_func=lambda i: titles.get(i, i), key=comparison_link.REFERENCE,
            help="Les écarts sont comptés par rapport à ce périmètre.",
        )  # fmt: skip
    return picked, chosen.index(reference)


# --- a colleague's scenarios --------------------------------------------------------------------------------------
def add_colleague() -> None:
    """Offer to add a colleague's scenarios, by a file of any of our formats or by a link."""
    with st.popover("Ajouter le scénario d’un collègue", icon=":material/group_add:"):
        sent = st.file_uploader(
            "Fichier exporté d’ici (JSON, XLSX, GeoPackage, GeoJSON, CSV)", type=["json", "xlsx", "gpkg", "geojson", "csv"],
            key=f"{FILE}-{st.session_state[frame.OPENED]}", max_upload_size=50,
        )  # fmt: skip
        if sent is not None:
            reading_desk.add_scenarios(sent, open_exported, _added)
        st.text_input("Ou un lien reçu", key=LINK, on_change=_add_link, placeholder="https://…?lien=…")


def _added(opened: Opened) -> str:
    return f"« {opened.workbook.scenario.name} » est ajouté à vos scénarios."


def _add_link() -> None:
    # Copied from a page of the note, a link may hold blanks and marks that do not show.
    text = "".join(c for c in str(st.session_state[LINK]) if c.isprintable() and not c.isspace())
    if not text:
        return
    st.session_state[LINK] = ""
    packed = text.partition("lien=")[2].split("&")[0] if "lien=" in text else text
    try:
        opened = unpacked(packed)
        frame.hold(frame.merged(opened.workbook))
    except GeoInputError as error:
        frame.say(*error.problems)
        return
    names = fr.listing((f"« {s.name} »" for s in opened.workbook.scenarios), most=4)
    frame.say(f"Ajouté à vos scénarios : {names}.", *opened.notices)


def show_messages() -> None:
    """Show what the last move had to say, once."""
    for text in st.session_state[frame.MESSAGES]:
        st.info(html.literal(text))
    st.session_state[frame.MESSAGES] = ()


# --- side by side -------------------------------------------------------------------------------------------------
@keyed_on_data(max_entries=64, spinner="Dessin des cartes…")
def _small_maps(chosen: tuple[Candidate, ...], wanted: Cities) -> tuple[tuple[str, str], ...]:
    """Return a small map of each perimeter, all on one frame: (SVG, alternative text)."""
    from geo.exports import frame_of, main_projection, small_map

    every = [e.facts for e in loaders.compared(chosen, Settings(), 0).every]
    atlas = every[0].atlas
    epsg = main_projection(atlas, every[0].rows)
    frame = frame_of(atlas, [f.rows for f in every], epsg)
    drawn = [small_map(f, frame, epsg) for f in every]
    return tuple((d.svg, d.alt) for d in drawn)


def perimeter_cards(found: SideBySide) -> None:
    """Show each perimeter: map at the same scale, size, what has the same communes, and the button that retains it."""
    maps = _small_maps(tuple(e.candidate for e in found.every), cities())
    columns = st.columns(max(3, len(found.every)), gap="small")
    for i, (e, drawn) in enumerate(zip(found.every, maps, strict=True)):
        with columns[i]:
            st.html(_card(found, i, drawn))
            st.button(
                "Retenir ce périmètre", key=f"retenir-{e.candidate.id}", on_click=_retain, args=(e.candidate,), width="stretch",
                icon=":material/check:", help="L’ouvre sur la page Périmètre, pour l’ajuster et écrire la note.",
            )  # fmt: skip
            if remarks := _remarks(e.candidate):
                st.html(remarks)


def _card(found: SideBySide, i: int, drawn: tuple[str, str]) -> str:
    e = found.every[i]
    svg, alt = drawn
    picture = base64.b64encode(svg.encode()).decode()
    mark = " · référence" if i == found.reference else ""
    return (
        f'<div class="clsm-carte"><p>{html.escape(e.candidate.kind)}{mark}</p><h3>{html.escape(e.candidate.name)}</h3>'
        f'<img alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{picture}">'
        f'<p class="clsm-grand">{html.escape(fr.inhabitants(e.facts.population))}</p>'
        f"<p>{html.escape(e.facts.size_text)}, échelle {html.escape(str(e.candidate.scale))}</p></div>"
    )


def _remarks(candidate: Candidate) -> str:
    """Return what has the same communes, and what is not sure of a candidate."""
    said = [f"Mêmes communes : {fr.listing(candidate.also)}."] if candidate.also else []
    return "".join(f'<p class="clsm-remarque">{html.escape(text)}</p>' for text in (*said, *candidate.notices))


def _retain(candidate: Candidate) -> None:
    """Make a candidate the current scenario: its own if it is one, a new one otherwise."""
    workbook = frame.workbook()
    try:
        if candidate.kind == "Scénario":
            names = [scenario.name for scenario in workbook.scenarios]
            if candidate.name not in names:
                raise GeoInputError("Ce scénario n’existe plus ; choisissez-en un autre.")
            frame.hold(workbook.select(names.index(candidate.name)))
        else:
            frame.hold(retained(candidate, workbook, loaders.world()))
    except GeoInputError as error:
        frame.say(*error.problems)
        return
    st.session_state[frame.START] = frame.selection()
    frame.show_map_of(frame.selection())
    st.session_state[passage.WAY_BACK] = comparison_link.way_back()
    st.session_state[RETAINED] = True


RETAINED = "compare-retained"


def figures_table(found: SideBySide, *, only_differing: bool) -> str:
    """Return the figures side by side; under each one that differs from the reference, the difference with its sign."""
    heads = "".join(
        f'<th scope="col"{_ref(found, i)}>{html.escape(t)}{"<br><small>référence</small>" if i == found.reference else ""}</th>'
        for i, t in enumerate(found.titles)
    )
    lines, group = [], ""
    for measure in MEASURES:
        gaps = [found.difference_text(measure, i) for i in range(len(found.every))]
        if only_differing and all(g in ("", "=") for g in gaps):
            continue
        if measure.group != group:
            group = measure.group
            lines.append(
                f'<tr class="group"><th scope="rowgroup" colspan="{len(gaps) + 1}">{html.escape(group)}</th></tr>'
            )
        cells = "".join(_cell(found, i, measure.text(e.values[measure.id]), gaps[i]) for i, e in enumerate(found.every))
        lines.append(
            f'<tr><th scope="row" title="{html.escape(measure.definition)}">{html.escape(measure.label)}</th>{cells}</tr>'
        )
    return (
        '<table class="clsm-compare" aria-label="Chiffres des périmètres, avec leurs écarts à la référence"><thead><tr><td></td>'
        f"{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def declaration(found: SideBySide) -> str:
    """Return what the figures owe to the reader's declaration of complete lists, as Markdown; empty when nothing."""
    return html.literal(panels.declared_line(e.facts for e in found.every))


def _ref(found: SideBySide, i: int) -> str:
    return ' class="ref"' if i == found.reference else ""


def _cell(found: SideBySide, i: int, value: str, gap: str) -> str:
    if i == found.reference or gap in ("", "="):
        return f"<td{_ref(found, i)}>{html.escape(value)}</td>"
    if gap == "écart inconnu":
        return f"<td>{html.escape(value)}</td>"
    return f'<td class="gap">{html.escape(value)}<b>{html.escape(gap)}</b></td>'


def verdicts_table(every: Iterable[Verdict]) -> str:
    """Return what the checks say of each perimeter, in words: first those that tell them apart."""
    ordered = sorted(every, key=lambda v: not v.differs)
    rows: list[tuple[str, ...]] = []
    for i, verdict in enumerate(ordered):
        if i == 0 or verdict.differs != ordered[i - 1].differs:
            rows.append(
                (
                    "Ces repères distinguent les périmètres"
                    if verdict.differs
                    else "Ceux-ci disent la même chose de tous",
                )
            )
        rows.append((verdict.check.title, verdict.sentence))
    return html.table([("Repère", False), ("Ce que disent les chiffres", False)], rows, caption="Repères par périmètre")


def scale_questions(found: SideBySide) -> str:
    """Return what the guide asks at each scale present."""
    blocks = []
    for scale in found.scales:
        asked = "".join(f"<li>{html.escape(q)}</li>" for q in SCALE_QUESTIONS[scale])
        blocks.append(f"<p><b>Échelle {html.escape(str(scale))}</b></p><ul>{asked}</ul>")
    return "".join(blocks)


def what_differs(found: SideBySide, titles: Sequence[str]) -> str:
    """Say in words how many communes each perimeter adds to the reference and leaves."""
    atlas, said = found.every[0].facts.atlas, []
    for i, gap in enumerate(found.against):
        if i == found.reference:
            continue
        if gap.empty:
            said.append(f"{titles[i]} : rien ne le distingue de la référence")
            continue
        parts = [
            f"{pieces_text(atlas, atlas.rows(codes))} {word}"
            for codes, word in ((gap.only_second, "de plus"), (gap.only_first, "de moins"))
            if codes
        ]
        parts.append(f"{fr.count(len(gap.findings), 'repère')} qui change{'nt' if len(gap.findings) > 1 else ''}")
        said.append(f"{titles[i]} : {fr.listing(parts)}")
    return f"Par rapport à « {titles[found.reference]} ». {' ; '.join(said)}." if said else ""
