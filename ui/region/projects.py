"""The projects of the région: where each is, its dates, what comes next; one of them open to be read and changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import streamlit as st

from geo import french as fr
from geo import imports, projects
from geo.coverage import Scope
from geo.projects import STEP_LABELS, Kept, Project, Step, latest, said_date, typed_date
from geo.rights import Act, Actor
from ui import acts, frame, html, identity, loaders, passage
from ui.choices import labelled, pick_one
from ui.region import exchange, link
from ui.region import loaders as region_loaders
from ui.region.alerts import PROPOSED
from ui.region.link import PROJECT

KEEP, UNKNOWN, DRAWN, OFFERED = "garder", "inconnues", "perimetre", "propose"  # whence the communes; else « epci/CODE »
STEPS = tuple(Step)
SEEN = "region-projet-vu"  # the project that is open (`Kept`), as it was when it was opened


def panel(scope: Scope, followed: tuple[Kept, ...], today: date) -> None:
    """Show the list, then the project that is open, then the tables to take and to give."""
    by_id = {k.id: k for k in followed}
    if st.session_state.get(PROJECT) not in by_id:
        st.session_state[PROJECT] = 0
    if followed:
        st.html(_table(followed, today))
    else:
        st.write("Aucun projet n’est suivi dans cette région : inscrivez le premier, ou donnez votre tableau.")
    chosen = pick_one(
        "Projet à ouvrir",
        [0, *by_id],
        format_func=lambda i: f"{by_id[i].project.name} (n° {i})" if i else "Nouveau projet",
        key=PROJECT,
    )
    held = by_id.get(chosen)
    seen = _seen(held)
    if held:
        st.html(_line(held.project))
        _signed(scope, held)
    _form(scope, seen, today)
    if held:
        _history(held)
    exchange.panel(scope, followed)


def _seen(held: Kept | None) -> Kept | None:
    """Return the project as it was when somebody opened it: what they type is a change of that, whatever a colleague did since."""
    seen: Kept | None = st.session_state.get(SEEN)
    if held is None or seen is None or seen.id != held.id:
        st.session_state[SEEN] = seen = held
    if held and seen and seen.revision != held.revision:
        st.warning(
            html.literal(
                fr.typeset(f"{held.who} a modifié ce projet depuis que vous l’avez ouvert (le {fr.moment(held.at)}).")
            )
        )
        st.button(
            "Relire le projet",
            key="region-relire",
            icon=":material/refresh:",
            on_click=lambda: st.session_state.pop(SEEN, None),
        )
    return seen


def _table(followed: tuple[Kept, ...], today: date) -> str:
    headers = [("Projet", False), ("Étape", False), ("Depuis", False), ("Prochaine étape", False), ("Échéance", False)]
    rows = []
    for one in sorted(followed, key=lambda k: (k.project.over, k.project.due or "9999", fr.order(k.project.name))):
        p = one.project
        late = bool(p.due) and not p.over and latest(p.due) < today
        step = "Sans suite" if p.over else STEP_LABELS[p.step]
        due = f"{said_date(p.due)}{chr(10)}échéance passée" if late else said_date(p.due) if p.due else "—"
        size = fr.count(len(p.codes), "commune") if p.codes else "communes inconnues"
        rows.append((f"{p.name}\nn° {one.id}, {size}", step, said_date(p.step_date), p.next_step or "—", due))
    return html.table(headers, rows, caption="Projets suivis dans la région")


def _line(project: Project) -> str:
    """Return the six steps of a project, each with its date."""
    cells = []
    reached = STEPS.index(project.step)
    for i, step in enumerate(STEPS):
        tone = " ".join(word for word, on in (("fait", i <= reached), ("ici", i == reached)) if on)
        when = said_date(project.dated(step)) if i <= reached else "à venir"
        now = ' aria-current="step"' if i == reached else ""
        cells.append(f'<li class="{tone}"{now}>{html.escape(STEP_LABELS[step])}<small>{html.escape(when)}</small></li>')
    return f'<ol class="clsm-frise" aria-label="Étapes de {html.escape(project.name)}">{"".join(cells)}</ol>'


# --- a signed project -------------------------------------------------------------------------------------------
def _signed(scope: Scope, held: Kept) -> None:
    project, atlas = held.project, loaders.atlas()
    if project.codes:
        name, back = project.name, link.way_back(f"{scope.name}, projet {project.name}")
        passage.offer(name, region_loaders.starts(project.codes)[:1], back, key="region-projet-dessiner")
    if not project.signed or project.over:
        return
    if not project.codes:
        st.caption("Signé, mais ses communes sont inconnues : donnez-les pour qu’il rejoigne la couche des CLSM.")
        return
    st.write("Ce projet est signé : il peut rejoindre la couche des CLSM.")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        actor = identity.ask_name("Votre nom", f"region-qui-clsm-{held.id}")
        if identity.offers(actor, Act.BRING_DRAFT) and st.button(
            "Préparer le CLSM (brouillon)",
            key="region-clsm",
            icon=":material/publish:",
            disabled=not actor.name.strip(),
        ):
            acts.once(("project-clsm", held.id, held.revision), lambda: _keep_clsm(held, actor))
            st.rerun()
        st.download_button(
            "Tableau à importer (CSV)",
            lambda: projects.projects_table([held], atlas),
            file_name=f"clsm-projet-{held.id}.csv",
            mime="text/csv",
            key="region-clsm-csv",
            on_click="ignore",
        )
        st.page_link("pages/4_Donnees.py", label="Publier (page Données)", icon=":material/database:", width="content")


def _keep_clsm(held: Kept, actor: Actor) -> str:
    review = projects.signed_review(held, actor.name, loaders.official())
    version = imports.keep(review, by=actor)
    return fr.typeset(
        f"« {held.project.name} » est gardé en brouillon (couche des CLSM, version {version.number}). Il ne compte dans les chiffres "
        "qu’une fois publié : page Données, « Couches en service »."
    )


# --- the form ---------------------------------------------------------------------------------------------------
def _form(scope: Scope, held: Kept | None, today: date) -> None:
    if not identity.offers(identity.acting(), Act.WRITE_PROJECT):
        return
    offered = st.session_state.get(PROPOSED) if held is None else None
    old = held.project if held else Project(offered[0] if offered else "", scope.code)
    tag = (
        f"{scope.code}-{held.id}-{held.revision}" if held else f"{scope.code}-0-{acts.count('project')}-{old.name[:40]}"
    )
    whence = _whence(scope, old, offered[1] if offered else frozenset())
    with (
        st.expander("Modifier ce projet" if held else "Inscrire un projet", expanded=held is None),
        st.form(f"region-projet-{tag}", border=False),
    ):
        name = st.text_input("Nom du projet (son territoire)", old.name, max_chars=120, key=f"region-nom-{tag}")
        source = pick_one(
            "Ses communes",
            list(whence),
            format_func=lambda k: whence[k][0],
            key=f"region-communes-{tag}",
        )
        step = st.selectbox(
            "Étape atteinte",
            STEPS,
            index=STEPS.index(old.step),
            format_func=labelled(STEP_LABELS),
            key=f"region-etape-{tag}",
            filter_mode=None,
        )
        dates = _dates(old, tag)
        following = st.text_input(
            "Prochaine étape",
            old.next_step,
            max_chars=160,
            key=f"region-suite-{tag}",
            placeholder="Par exemple : avis du comité de pilotage",
        )
        due = st.text_input(
            "Échéance", fr_date(old.due), max_chars=10, key=f"region-echeance-{tag}", placeholder="30/06/2027"
        )
        remark = st.text_area(
            "Remarque",
            old.remark,
            max_chars=500,
            key=f"region-remarque-{tag}",
            height=80,
            help="Des fonctions, jamais de nom, d’adresse ni de téléphone : ils sont refusés.",
        )
        over = st.checkbox("Sans suite", old.over, key=f"region-sans-suite-{tag}")
        actor = identity.ask_name("Votre nom", f"region-qui-{tag}")
        sent = st.form_submit_button(
            "Enregistrer", type="primary", icon=":material/save:", key=f"region-enregistrer-{tag}"
        )
    if sent:
        known = MappingProxyType({s: typed_date(text) for s, text in dates.items() if text.strip()})
        asked = Project(name, scope.code, step, known, whence[source][1], following, typed_date(due), remark, over)
        number, seen = (held.id, held.revision) if held else (None, 0)
        token = ("project", number, seen, repr(asked), actor)
        acts.once(token, lambda: _keep(asked, number, seen, actor, today))
        if acts.done(token):
            st.session_state.pop(PROPOSED, None)
            st.session_state.pop(SEEN, None)
        st.rerun()


def _dates(old: Project, tag: str) -> Mapping[Step, str]:
    st.caption(
        "Date de chaque étape passée : le jour, le mois ou l’année (12/03/2026, 03/2026, 2026) ; vide quand elle est inconnue."
    )
    cells = [*st.columns(3), *st.columns(3)]
    return {
        step: cell.text_input(
            STEP_LABELS[step], fr_date(old.dated(step)), max_chars=10, key=f"region-date-{step}-{tag}"
        )
        for step, cell in zip(STEPS, cells, strict=True)
    }


def fr_date(text: str) -> str:
    """Write a date as it is typed; "" for none."""
    return said_date(text) if text else ""


def _whence(scope: Scope, old: Project, offered: frozenset[str]) -> dict[str, tuple[str, frozenset[str]]]:
    """Return where the communes may come from: a label and the communes, the one chosen by default first."""
    atlas, found = loaders.atlas(), dict[str, tuple[str, frozenset[str]]]()
    if old.codes:
        found[KEEP] = (f"Garder ses {fr.count(len(old.codes), 'commune')}", old.codes)
    if offered:
        found[OFFERED] = (f"Celles de la ligne choisie : {fr.count(len(offered), 'commune')}", offered)
    found[UNKNOWN] = ("Inconnues pour l’instant", frozenset())
    drawn = frame.by_commune()
    if drawn:
        found[DRAWN] = (f"Le périmètre dessiné : {fr.count(len(drawn), 'commune')}", drawn)
    for level in ("epci", "ept"):
        table = getattr(atlas, level)
        for code in sorted(
            set(atlas.table[level].iloc[scope.rows].dropna()), key=lambda c: fr.order(str(table.at[c, "nom"]))
        ):
            codes = frozenset(str(c) for c in atlas.codes[atlas.members(level, str(code))])
            found[f"{level}/{code}"] = (f"{table.at[code, 'nom']} : {fr.count(len(codes), 'commune')}", codes)
    return found


def _keep(asked: Project, number: int | None, seen: int, actor: Actor, today: date) -> str:
    kept = projects.save(asked, who=actor, atlas=loaders.atlas(), number=number, seen=seen, today=today)
    return fr.typeset(
        f"Projet n° {kept.id} enregistré : {kept.project.name}, étape « {STEP_LABELS[kept.project.step]} »."
    )


def _history(held: Kept) -> None:
    with st.expander(f"Son histoire : {fr.count(held.revision, 'écriture')}"):
        rows = [(fr.moment(c.at), c.who, c.words) for c in projects.history(held.id)]
        headers = [("Quand", False), ("Qui", False), ("Ce qui a changé", False)]
        st.html(html.table(headers, rows, caption="Histoire du projet"))
