"""The panel « CLSM comparables »: the nearest CLSM known, drawn at one scale, counted and sourced; and « Territoires comparables », the
coverage of those nearest to one, with both sides of each share."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st

from geo import french as fr
from geo.perimeters import Perimeter
from geo.similar import Peers, Silhouettes, SimilarClsms, feature_texts, silhouettes, similar_clsm
from ui import html, loaders
from ui.cache import Cities, cities, declared_complete, keyed_on_data

SIMILAR_STYLE = """
<style>
.clsm-formes {display:grid; grid-template-columns:repeat(auto-fill, minmax(118px, 1fr)); gap:.5rem .6rem; margin:.2rem 0 .3rem; padding:0; list-style:none;}
.clsm-formes li {margin:0; display:flex; flex-direction:column; justify-content:flex-end; align-items:center; text-align:center; font-size:.8rem; line-height:1.25;}
.clsm-formes li img {max-width:100%; margin-bottom:.2rem;} .clsm-formes small {color:#55606a;} .clsm-formes li.ici span {font-weight:650;}
.clsm-echelle {display:flex; align-items:center; gap:.4rem; font-size:.8rem; color:#3a474e; margin:0 0 .6rem;}
.clsm-voisins th:first-child {width:50%;} .clsm-voisins + p {font-size:.8rem; margin:.2rem 0;}
.clsm-proches dt {font-weight:600; margin-top:.55rem;} .clsm-proches dd {margin:0 0 0 .8rem; font-size:.87rem; line-height:1.4;}
.clsm-proches dd.source {color:#55606a; font-size:.8rem; overflow-wrap:anywhere;}
</style>
"""
_QUOTE, _APOSTROPHE, _PLAIN = '"', "'", " '/=:-.,()"
HERE = "Votre périmètre"
DOUBT = "* Communes étendues à l’EPCI ou supposées d’après le nom : le détail est dans les sources."


def clsm_panel(perimeter: Perimeter) -> None:
    """Show the CLSM known nearest to a perimeter that is not empty."""
    complete = declared_complete()
    found = _found(perimeter, complete, cities())
    st.html(html.section("CLSM comparables") + f"<p>{html.escape(found.sentence)}</p>")
    if not found.found:
        return
    st.html(_shapes(found, _drawn(perimeter, complete, cities())))
    st.html(_table(found))
    box = st.expander("Ce qui rapproche, ce qui distingue, les sources", key="clsm-proches", on_change="rerun")
    if box.open:
        box.html(_told(found))
    st.caption(
        "Écart : moyenne des différences, en écarts-types, sur les habitants, les communes, la densité, les QPV et l’échelle ; 0 veut dire "
        "identique. Ressembler ne dit rien de la qualité d’un CLSM. Ce qui n’est pas connu d’un côté n’est pas comparé."
    )


@keyed_on_data(max_entries=64)
def _found(perimeter: Perimeter, complete: tuple[str, ...], wanted: Cities) -> SimilarClsms:
    world = loaders.as_read(complete, wanted)
    return similar_clsm(world.evidence, world.atlas.rows(perimeter.communes))


@keyed_on_data(max_entries=32)
def _drawn(perimeter: Perimeter, complete: tuple[str, ...], wanted: Cities) -> Silhouettes:
    atlas, found = loaders.as_read(complete, wanted).atlas, _found(perimeter, complete, wanted)
    sets = [atlas.rows(perimeter.communes), *(one.clsm.rows for one in found.found)]
    return silhouettes(atlas, sets)


def _shapes(found: SimilarClsms, drawn: Silhouettes) -> str:
    """Return the outlines side by side; the drawings are our own, their names are escaped."""
    mine = feature_texts(found.mine)
    items = [_shape(drawn.pictures[0], HERE, mine["habitants"], "ici")]
    for picture, one in zip(drawn.pictures[1:], found.found, strict=True):
        items.append(_shape(picture, one.clsm.name, feature_texts(one.clsm.values)["habitants"]))
    scale = f'<p class="clsm-echelle">{_image(drawn.bar, "")}<span>{html.escape(drawn.bar_text)}, la même échelle pour tous</span></p>'
    return f'<ul class="clsm-formes">{"".join(items)}</ul>{scale}'


def _shape(picture: str, name: str, people: str, mark: str = "") -> str:
    drawing = _image(picture, f"Contour : {name}") if picture else ""
    return f'<li class="{mark}">{drawing}<span>{html.escape(name)}</span><small>{html.escape(people)} hab.</small></li>'


def _image(svg: str, alt: str) -> str:
    """Return a drawing as an image: the page takes any drawing out of the HTML that it is given."""
    return f'<img alt="{html.escape(alt)}" src="data:image/svg+xml,{quote(svg.replace(_QUOTE, _APOSTROPHE), safe=_PLAIN)}">'


def _table(found: SimilarClsms) -> str:
    headers = [
        ("CLSM connu", False),
        ("Habitants", True),
        ("Communes", True),
        ("QPV", True),
        ("Rural", True),
        ("Écart", True),
    ]
    mine = feature_texts(found.mine)
    rows = [(f"{HERE}\néchelle {mine['echelle']}", *_counts(mine), "")]
    for one in found.found:
        values = feature_texts(one.clsm.values)
        mark = " *" if one.clsm.composition else ""
        about = f"{one.clsm.year or 'année inconnue'} · {one.clsm.towns}"
        rows.append((f"{one.clsm.name}{mark}\n{about}", *_counts(values), one.likeness.distance_text))
    doubt = any(one.clsm.composition for one in found.found)
    note = f'<p class="clsm-muted">{html.escape(DOUBT)}</p>' if doubt else ""
    table = html.table(headers, rows, caption="CLSM connus les plus proches du périmètre")
    return f'<div class="clsm-voisins">{table}</div>{note}'


def _counts(values: dict[str, str]) -> tuple[str, ...]:
    return tuple(values[name] for name in ("habitants", "communes", "qpv", "rural"))


def _told(found: SimilarClsms) -> str:
    """Return, one by one, what is alike and different, and where the CLSM was read of."""
    lines = []
    for one in found.found:
        how = one.clsm.composition
        source = f"Source : {one.clsm.source}{f' ({one.clsm.url})' if one.clsm.url else ''}."
        source += f" {how[0].upper()}{how[1:]}." if how else ""
        lines.append(
            f"<dt>{html.escape(one.clsm.name)}</dt><dd>{html.escape(fr.typeset(one.likeness.sentence))}</dd>"
            f'<dd class="source">{html.escape(source)}</dd>'
        )
    return f'<dl class="clsm-proches">{"".join(lines)}</dl>'


# --- territories ----------------------------------------------------------------------------------------------------------
def territories(peers: Peers) -> None:
    """Show a territory beside those like it: the sentence, the table, and what is alike, unfolded."""
    st.subheader("Territoires comparables", anchor=False)
    st.html(f"<p>{html.escape(peers.sentence)}</p>" + _coverage(peers))
    box = st.expander(
        "Ce qui les rapproche et les distingue", key=f"territoires-proches-{peers.kind}", on_change="rerun"
    )
    if box.open:
        lines = "".join(f"<p><b>{html.escape(p.name)}</b>. {html.escape(p.likeness.sentence)}</p>" for p in peers.found)
        box.html(f'<div class="clsm-sources">{lines}</div>')
    st.caption(
        "Les plus proches par les habitants, le nombre de communes, la densité et les QPV, dans toute la France ; l’écart est en écarts-types, "
        "0 veut dire identique. La liste des CLSM n’étant pas complète partout, « au moins » et « aucun connu » ne sont pas des absences."
    )


def _coverage(peers: Peers) -> str:
    headers = [("Territoire", False), ("Habitants couverts", True), ("Écart", True)]
    rows = [(f"{peers.name}\n{_profile(feature_texts(peers.mine))}", peers.covered.text, "")]
    rows += [
        (f"{p.name}\n{_profile(feature_texts(p.values))}", p.covered.text, p.likeness.distance_text)
        for p in peers.found
    ]
    rows.append(("Les territoires comparables ensemble", peers.together.text, ""))
    table = html.table(headers, rows, caption=f"Couverture, {peers.name} et ses territoires comparables")
    return f'<div class="clsm-read">{table}</div>'


def _profile(values: dict[str, str]) -> str:
    return (
        f"{values['habitants']} hab. · {values['communes']} communes · {values['rural']} rural · QPV : {values['qpv']}"
    )
