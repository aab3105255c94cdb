"""Charts: data in, a Plotly figure out. The table beside each chart says the same in text."""

from __future__ import annotations

import plotly.graph_objects as go

from geo import french as fr
from geo.coverage import STATUS_LABELS, Coverage, Status
from ui.scene import PALETTE


def status_bar(found: Coverage) -> go.Figure:
    """Return one horizontal bar: inhabitants of a scope by coverage status."""
    figure = go.Figure()
    total = found.population
    for status in Status:
        people = int(found.by_status.at[status, "population"])
        if not people:
            continue
        share = people / total
        figure.add_bar(
            x=[people],
            y=[""],
            orientation="h",
            name=STATUS_LABELS[status],
            marker={"color": PALETTE[status].fill, "line": {"color": "#ffffff", "width": 1}},
            text=[fr.percent(share, 0) if share >= 0.06 else ""],
            textposition="inside",
            insidetextanchor="middle",
            hovertemplate=f"{STATUS_LABELS[status]} : {fr.ratio(people, total)} des habitants<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        height=70,
        margin={"l": 0, "r": 0, "t": 4, "b": 4},
        showlegend=False,
        xaxis={"visible": False, "range": [0, total], "fixedrange": True},
        yaxis={"visible": False, "fixedrange": True},
        plot_bgcolor="rgba(0,0,0,0)",
        template=None,
    )
    return figure
