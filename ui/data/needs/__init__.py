"""The section « Indicateurs de besoin » of the page Données: the sets in use, a table brought with its questions, its preview, publication."""
