"""Who is around the table of a perimeter, as the guide composes it: one file for the list, one for each source of its seats.

Start from `members.round_table`.
"""
