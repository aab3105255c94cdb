"""The page Données, third part: the versions kept of each layer, which one is active, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from geo import french as fr
from geo import register
from geo.dataset import layer_with
from geo.errors import GeoInputError
from geo.exports import export, name_and_mime
from geo.imports import KINDS
from geo.layers import difference, losses
from geo.register import Head, State, Version
from geo.rights import Act, Actor
from ui import acts, html, identity, loaders
from ui.cache import keyed_on_data, look_again
from ui.choices import pick_one
from ui.data import sources

ASKED = "version-demande"  # by kind: the move to be confirmed
REFUSED = "version-refusee"
BACK = ("Revenir à la couche d’origine", "Retirer ce jeu d’indicateurs")  # of a layer, of a set of indicators


@dataclass(frozen=True)
class Move:
    """A change of the active version, as decided: to which version (None: the layer in place before imports), and seeing which
    revision of the active version."""

    kind: str
    number: int | None
    seen: int

    def reached(self, head: Head) -> bool:
        """Whether what it wants is so already: a second click that comes late has nothing to refuse."""
        return head.number == self.number

    @property
    def token(self) -> tuple[str, str, int | None, int]:
        """What is done once."""
        return ("version", self.kind, self.number, self.seen)

    @property
    def key(self) -> str:
        """What the buttons of this move are called: another move has other buttons."""
        return f"{self.kind}-{self.number or 0}-{self.seen}"


def show_versions() -> None:
    """Show the versions kept, layer by layer, with what can be done of them."""
    try:
        kept = [version for version in register.versions() if version.kind in KINDS]
        heads = register.heads()
    except GeoInputError as error:
        for problem in error.problems:
            st.error(html.literal(problem))
        return
    if not kept:
        st.info("Aucune couche n’a encore été importée. Les couches embarquées ou synchronisées sont en service.")
        return
    for kind in dict.fromkeys(version.kind for version in kept):
        mine = [version for version in kept if version.kind == kind]
        st.html(html.section(KINDS[kind].long_name))
        show_kind(kind, mine, heads.get(kind, Head(kind, 0, None)))


def show_kind(kind: str, mine: list[Version], head: Head) -> None:
    """Show the versions of a layer, or of a set of indicators, with what can be done of them."""
    st.html(needs_table(mine) if is_needs(kind) else versions_table(mine))
    with st.container(border=True):
        choose, who = st.columns(2, gap="medium")
        by_number = {version.number: version for version in mine}
        with choose:  # neither the number nor the day of a version ever changes, whatever becomes of it
            number = pick_one(
                "Version", list(by_number), format_func=lambda n: _named(by_number[n]), key=f"version-{kind}"
            )
        with who:
            identity.ask_name("Votre nom (obligatoire)", _who_key(kind))
        version = by_number[number]
        st.caption(html.literal(f"Cette version : {version.state}. {_preview(version)}"))
        asked = _asked(kind, head)
        if asked:
            _confirm(asked, version if asked.number == number else by_number.get(asked.number or 0), head)
        else:
            _offer(version, head)
    moves = register.history(kind)
    if moves:
        with st.expander("Historique des mises en service"):
            st.html(
                html.table(
                    [("Quand", False), ("Qui", False), ("Mise en service", False)],
                    [(fr.moment(m.at), m.who, register.active_text(m)) for m in moves],
                    caption="Historique",
                )
            )


def _named(version: Version) -> str:
    return f"version {version.number} du {fr.moment(version.created)}"


def _who_key(kind: str) -> str:
    return f"version-qui-{kind}"


def _offer(version: Version, head: Head) -> None:
    """Offer the moves, each under the name of what it does, and the files."""
    if not identity.offers(identity.acting(_who_key(version.kind)), Act.PUT_IN_USE):
        _take(version)
        return
    use, back, take = st.columns(3)
    publish = Move(version.kind, version.number, head.revision)
    withdraw = Move(version.kind, None, head.revision)
    use.button(
        f"Mettre en service la {_named(version)}", key=f"version-publier-{publish.key}", on_click=_ask, args=(publish,),
        disabled=version.state is State.PUBLISHED, icon=":material/publish:", width="stretch",
    )  # fmt: skip
    back.button(
        BACK[is_needs(version.kind)], key=f"version-origine-{withdraw.key}", on_click=_ask, args=(withdraw,),
        disabled=head.version is None, icon=":material/undo:", width="stretch",
    )  # fmt: skip
    with take:
        _take(version)


def _ask(move: Move) -> None:
    _cancel(move.kind)
    st.session_state[f"{ASKED}-{move.kind}"] = move


def _cancel(kind: str) -> None:
    st.session_state.pop(f"{ASKED}-{kind}", None)
    st.session_state.pop(f"{REFUSED}-{kind}", None)


def _asked(kind: str, head: Head) -> Move | None:
    """Return the move to be confirmed, unless it is done, or somebody changed the active version since: then say who and what."""
    move: Move | None = st.session_state.get(f"{ASKED}-{kind}")
    if move and not acts.done(move.token):
        if move.seen == head.revision:
            return move
        if move.reached(head):
            _cancel(kind)
            return None
        try:
            register.ensure_head_is(kind, move.seen)
        except GeoInputError as error:
            _cancel(kind)
            st.session_state[f"{REFUSED}-{kind}"] = error.problems  # it stays until something else is asked
    for problem in st.session_state.get(f"{REFUSED}-{kind}", ()):
        st.error(html.literal(problem))
    return None


def _confirm(move: Move, version: Version | None, head: Head) -> None:
    """Ask once whether it is really to be done, saying what it replaces and what it changes."""
    needs = is_needs(move.kind)
    origin = "aucune version" if needs else "la couche d’origine"
    replaced = f"la {_named(head.version)}" if head.version else origin
    if version:
        place = "" if needs and not head.version else f", à la place de {replaced}"
        question = f"Mettre en service la {_named(version)}{place} ? {_preview(version)}"
        label = f"Confirmer : mettre en service la version {version.number}"
    else:
        question = f"{BACK[needs]}, à la place de {replaced} ? Cette version reste gardée."
        label = f"Confirmer : {BACK[needs][0].lower()}{BACK[needs][1:]}"
    st.warning(html.literal(question))
    with st.container(horizontal=True, gap="small"):
        st.button("Ne rien changer", key=f"version-annuler-{move.key}", on_click=_cancel, args=(move.kind,))
        st.button(label, key=f"version-confirmer-{move.key}", on_click=_move, args=(move,), type="primary")


def _move(move: Move) -> None:
    actor = identity.acting(_who_key(move.kind))
    acts.once(move.token, lambda: _moved(move, actor))
    _cancel(move.kind)


def _moved(move: Move, actor: Actor) -> str:
    """Change the active version, and return what to say."""
    name = "Indicateurs" if is_needs(move.kind) else KINDS[move.kind].name
    try:
        if move.number is None:
            register.withdraw(move.kind, who=actor, seen=move.seen)
            back = (
                "le jeu n’est plus en service"
                if is_needs(move.kind)
                else "la couche d’origine est de nouveau en service"
            )
            return f"{name} : {back}."
        register.publish(register.find(move.kind, move.number), who=actor, seen=move.seen)
        return f"{name} : la version {move.number} est en service."
    except GeoInputError:
        if move.reached(register.head(move.kind)):
            return ""
        raise
    finally:
        look_again()


def versions_table(mine: list[Version]) -> str:
    """Return the versions of a layer: when, who, from which file, what was stated, what changed."""
    rows = [
        (
            f"{v.number}\n{v.state}{_faults(v)}",
            f"{fr.moment(v.created)}\n{v.statement.who}",
            f"{v.origin.name}\n{fr.number(v.origin.bytes / 1000, 1)} ko, sha256 {v.origin.sha256[:12]}…",
            f"{v.statement.source}\n{v.vintage} ; {v.statement.mode}",
            _complete_for(v),
            f"{fr.number(v.zones)}\n{fr.count(v.communes, 'commune')}",
            _changes(v),
        )
        for v in mine
    ]
    headers = [("Version", False), ("Gardée", False), ("Fichier", False), ("Source et date", False),
               ("Complète pour", False), ("Territoires", True), ("Ce qui changeait", False)]  # fmt: skip
    return html.table(headers, rows, caption="Versions gardées")


def needs_table(mine: list[Version]) -> str:
    """Return the versions of a set of indicators: when, who, from which file, which indicators came or changed."""
    rows = [
        (
            f"{v.number}\n{v.state}{_faults(v)}",
            f"{fr.moment(v.created)}\n{v.statement.who}",
            f"{v.origin.name}\n{fr.number(v.origin.bytes / 1000, 1)} ko, sha256 {v.origin.sha256[:12]}…",
            f"{v.statement.source}\n{v.vintage}",
            f"{fr.number(v.zones)}\n{fr.count(v.communes, 'territoire chiffré', 'territoires chiffrés')}",
            register.changes_text(v),
        )
        for v in mine
    ]
    headers = [("Version", False), ("Gardée", False), ("Fichier", False), ("Source et année", False), ("Indicateurs", True),
               ("Ce qui changeait", False)]  # fmt: skip
    return html.table(headers, rows, caption="Versions gardées")


def is_needs(kind: str) -> bool:
    """Tell whether a kind is that of a set of indicators."""
    return kind.startswith(register.NEEDS)


def _complete_for(version: Version) -> str:
    """Say where a version was stated complete, until when, and what was accepted of it."""
    said = version.statement
    until = f"jusqu’au {fr.day(said.until)}{' (terme passé)' if said.lapsed() else ''}" if said.until else ""
    notes = [until, f"accepté : {' '.join(said.accepted)}" if said.accepted else ""]
    notes += ["des lignes sont à régler"] if version.settled.unsettled else []
    note = " ; ".join(filter(None, notes))
    return sources.where(said.extent) + (f"\n{note}" if note else "")


def _faults(version: Version) -> str:
    return f" ; illisible dans le registre : {fr.listing(version.faults)}" if version.faults else ""


def _changes(version: Version) -> str:
    found, text = version.changes, register.changes_text(version)
    if not found:
        return text
    return f"{text}\n{fr.number(found['inhabitants_before'])} → {fr.inhabitants(found['inhabitants_after'])}"


def _preview(version: Version) -> str:
    """Say what making a version active would change; nothing for the active one."""
    if version.state is State.PUBLISHED or is_needs(version.kind):
        return ""
    try:
        return f"Si vous la mettez en service : {_difference_text(version.id, version.kind)}"
    except GeoInputError as error:
        return " ".join(error.problems)


@keyed_on_data(max_entries=32, stated=False)
def _difference_text(version_id: int, kind: str) -> str:
    world = loaders.official()
    version = next(v for v in register.versions(kind) if v.id == version_id)
    after = layer_with(version, world.base(kind), world.atlas)
    before = world.crosswalk.layers[kind]
    found = difference(before, after, world.atlas)
    return " ".join([found.sentence(), *losses(before, after, found, world.atlas).sentences(*KINDS[kind].names)])


def _take(version: Version) -> None:
    """Offer a version in its own form; polygons and tables are made when asked for."""
    kind = version.kind
    if is_needs(kind):
        return
    try:
        register.check(version)
    except GeoInputError as error:
        for problem in error.problems:
            st.error(html.literal(problem))
        return

    def body() -> bytes:  # called when the button is clicked: it must not hold the data until then
        world = loaders.official()
        layer = register.read_layer(version, world.base(kind), world.atlas)
        return export(version, layer, register.read_shapes(version), world.atlas).body

    name, mime = name_and_mime(version)
    st.download_button(
        "Exporter", body, file_name=name, mime=mime, icon=":material/download:", key=f"version-export-{kind}",
        on_click="ignore", width="stretch",
    )  # fmt: skip
