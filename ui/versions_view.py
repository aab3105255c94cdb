"""The page Données, third part: the versions kept of each layer, which one is in use, and the way back."""

from __future__ import annotations

import streamlit as st

from geo import french as fr
from geo import register
from geo.difference import difference
from geo.errors import GeoInputError
from geo.import_draft import KINDS
from geo.register import ConflictError, Head, State, Version
from geo.register_export import export
from geo.world import layer_with
from ui import data_view, html, loaders
from ui.data_cache import keyed_on_data


def versions() -> None:
    """Show the versions kept, layer by layer, with what can be done of them."""
    try:
        kept = register.versions()
        heads = register.heads()
    except GeoInputError as error:
        for problem in error.problems:
            st.error(html.literal(problem))
        return
    if not kept:
        st.info("Aucune couche n’a encore été importée. Les couches embarquées ou synchronisées sont en service.")
        return
    for kind in dict.fromkeys(version.kind for version in kept):
        if kind in KINDS:
            mine = [version for version in kept if version.kind == kind]
            _layer(kind, mine, heads.get(kind, Head(kind, 0, None)))


def _layer(kind: str, mine: list[Version], head: Head) -> None:
    st.html(html.section(KINDS[kind].long_name))
    st.html(versions_table(mine))
    with st.container(border=True):
        choose, who = st.columns(2, gap="medium")
        with choose:
            version: Version = st.selectbox(
                "Version", mine, format_func=lambda v: f"version {v.number} ({v.state})", key=f"version-{kind}"
            )
        with who:
            name = st.text_input("Votre nom", value=register.default_who(), key=f"version-qui-{kind}", max_chars=100)
        if version.state is not State.PUBLISHED:
            st.caption(html.literal(_preview(version)))
        use, back, take = st.columns(3)
        with use:
            if st.button(
                "Mettre en service", key=f"version-publier-{kind}", disabled=version.state is State.PUBLISHED,
                icon=":material/publish:", width="stretch",
            ):  # fmt: skip
                _move(kind, version, name, head.revision)
        with back:
            if st.button(
                "Revenir à la couche d’origine", key=f"version-origine-{kind}", disabled=head.version is None,
                icon=":material/undo:", width="stretch",
            ):  # fmt: skip
                _move(kind, None, name, head.revision)
        with take:
            _take(kind, version)
    moves = register.history(kind)
    if moves:
        with st.expander("Historique des mises en service"):
            st.html(
                html.table(
                    [("Quand", False), ("Qui", False), ("Mise en service", False)],
                    [(_moment(m.at), m.who, f"version {m.number}" if m.number else "couche d’origine") for m in moves],
                    caption="Historique",
                )
            )


def versions_table(mine: list[Version]) -> str:
    """Return the versions of a layer: when, who, from which file, what was stated, what changed."""
    rows = [
        (
            f"{v.number}\n{v.state}",
            f"{_moment(v.created)}\n{v.statement.who}",
            f"{v.origin.name}\n{fr.number(v.origin.bytes / 1000, 1)} ko, sha256 {v.origin.sha256[:12]}…",
            f"{v.statement.source}\n{v.vintage} ; {v.statement.mode}",
            data_view.where(v.statement.extent),
            f"{fr.number(v.zones)}\n{fr.count(v.communes, 'commune')}",
            _changes(v),
        )
        for v in mine
    ]
    headers = [("Version", False), ("Gardée", False), ("Fichier", False), ("Source et date", False),
               ("Complète pour", False), ("Territoires", True), ("Ce qui changeait", False)]  # fmt: skip
    return html.table(headers, rows, caption="Versions gardées")


def _changes(version: Version) -> str:
    found = version.changes
    if not found:
        return "inconnu"
    counts = (("ajouté", found["added"]), ("retiré", found["removed"]), ("modifié", found["changed"]))
    text = ", ".join(fr.count(len(moved), word) for word, moved in counts if moved) or "rien"
    return f"{text}\n{fr.number(found['inhabitants_before'])} → {fr.inhabitants(found['inhabitants_after'])}"


def _moment(text: str) -> str:
    return f"{fr.day(text)} à {text[11:16]}"


def _preview(version: Version) -> str:
    """Say what putting a version in use would change."""
    try:
        return f"Si vous la mettez en service : {_difference_text(version.id, version.kind)}"
    except GeoInputError as error:
        return " ".join(error.problems)


@keyed_on_data(max_entries=32)
def _difference_text(version_id: int, kind: str) -> str:
    world = loaders.world()
    version = next(v for v in register.versions(kind) if v.id == version_id)
    after = layer_with(version, world.base(kind), world.atlas)
    return difference(world.crosswalk.layers[kind], after, world.atlas).sentence()


def _move(kind: str, version: Version | None, who: str, seen: int) -> None:
    name = KINDS[kind].name
    try:
        if version is None:
            register.withdraw(kind, who=who, seen=seen)
            said = f"{name} : la couche d’origine est de nouveau en service."
        else:
            register.publish(version, who=who, seen=seen)
            said = f"{name} : la version {version.number} est en service."
    except (ConflictError, GeoInputError) as error:
        for problem in error.problems:
            st.error(html.literal(problem))
        return
    loaders.token.clear()
    data_view.say(said)
    st.rerun()


def _take(kind: str, version: Version) -> None:
    """Offer a version in its own form; polygons and tables are made when asked for."""

    def body() -> bytes:  # called when the button is clicked: it must not hold the data until then
        world = loaders.world()
        layer = register.read_layer(version, world.base(kind), world.atlas)
        return export(version, layer, register.read_shapes(version), world.atlas).body

    name, mime = _named(version)
    st.download_button(
        "Exporter", body, file_name=name, mime=mime, icon=":material/download:", key=f"version-export-{kind}",
        on_click="ignore", width="stretch",
    )  # fmt: skip


def _named(version: Version) -> tuple[str, str]:
    from geo.register_export import name_and_mime

    return name_and_mime(version)
