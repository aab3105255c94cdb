"""The projects of the région as a table: taken away, or given back; what a file would change is said before anything is kept."""

from __future__ import annotations

import hashlib

import streamlit as st

from geo import french as fr
from geo import projects
from geo.coverage import Scope
from geo.errors import GeoInputError
from geo.projects import TABLE_FORMS, Kept, Taken
from geo.rights import Act, Actor
from geo.turns import on_behalf_of
from ui import acts, html, identity, loaders
from ui.server import visitor_here

KEEP = "projects-file"  # the kind of act (ui/acts.py): a table taken
READ = "region-lu"  # what the file given last would change: (digest of the file and of what it was read against, Taken or problems)


def panel(scope: Scope, followed: tuple[Kept, ...]) -> None:
    """Offer the table, and take one."""
    with st.expander("Emporter ou donner le tableau des projets"):
        atlas = loaders.atlas()
        with st.container(horizontal=True, gap="small"):
            st.download_button(
                "Tableau (XLSX)", lambda: projects.to_xlsx(followed, atlas), file_name=f"projets-clsm-{scope.code}.xlsx",
                mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", key="region-xlsx", on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip
            st.download_button(
                "Tableau (CSV)", lambda: projects.to_csv(followed, atlas), file_name=f"projets-clsm-{scope.code}.csv", mime="text/csv",
                key="region-csv", on_click="ignore", icon=":material/download:",
            )  # fmt: skip
        st.caption(
            "Remplissez-le, puis redonnez-le ici. Une ligne sans numéro est un projet nouveau ; aucune donnée personnelle."
        )
        given = st.file_uploader(
            "Tableau rempli",
            type=list(TABLE_FORMS),
            key=f"region-fichier-{acts.count(KEEP)}",
            label_visibility="collapsed",
        )
        if given is not None and identity.offers(identity.acting(), Act.WRITE_PROJECT):
            _read(scope, followed, given.getvalue(), given.name)


def _read(scope: Scope, followed: tuple[Kept, ...], body: bytes, name: str) -> None:
    against = repr([k.mark for k in followed])
    digest = hashlib.sha256(body + f"{scope.code}{against}".encode()).hexdigest()
    if st.session_state.get(READ, ("",))[0] != digest:
        st.session_state[READ] = (digest, _taken(scope, followed, body, name))
    found = st.session_state[READ][1]
    if not isinstance(found, Taken):
        for problem in found:
            st.error(html.literal(problem))
        return
    st.write(html.literal(found.sentence))
    if found.problems:
        st.error("\n".join(f"- {html.literal(problem)}" for problem in found.problems))
        st.caption("Rien n’est gardé tant qu’une ligne est à corriger.")
        return
    if not found.changes:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        actor = identity.ask_name("Votre nom", "region-qui-fichier")
        if st.button(
            "Enregistrer ces changements", key="region-appliquer", type="primary", disabled=not actor.name.strip()
        ):
            acts.once((KEEP, digest), lambda: _keep(found, actor))
            st.rerun()


def _taken(scope: Scope, followed: tuple[Kept, ...], body: bytes, name: str) -> Taken | tuple[str, ...]:
    try:
        with on_behalf_of(visitor_here()):
            return projects.read_table(body, name, scope.code, followed, loaders.atlas())
    except GeoInputError as error:
        return error.problems


def _keep(found: Taken, actor: Actor) -> str:
    kept = projects.save_all(found.changes, who=actor, atlas=loaders.atlas())
    return fr.typeset(f"{fr.count(len(kept), 'projet enregistré', 'projets enregistrés')}.")
