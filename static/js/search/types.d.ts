// Shapes of the search, for tsc only: no browser asks for this file.

/** One thing to find (geo/search/index.py, Place). */
export interface Place {
  id: string;
  kind: string;
  name: string;
  departements: string[];
  people: number | null;
  also: string;
  note: string;
  weight: number;
}

/** One row of `places` (geo/search/places.py): number of the kind, id, name, départements, inhabitants, also, note. */
export type Row = [number, string, string, string, number | null, string?, string?];

/** What `commune_table` makes (geo/search/places.py). */
export interface CommuneTable {
  departements: [string, string][];
  communes: Record<string, [string, string, number[]]>;
  cities: Record<string, string[]>;
  former: [string, string, string, number][];
  postal: string[];
  places: Row[];
}

/** What a field is given (ui/search.py). */
export interface FieldData {
  script: string;
  files: string[];
  label: string;
  placeholder: string;
  kinds?: string[];
  here?: string[];
  only?: string;
  held?: string;
  help?: string;
}

/** What Streamlit hands to a component. */
export interface Component {
  data: FieldData;
  parentElement: HTMLElement;
  setTriggerValue: (event: string, value: unknown) => void;
}
