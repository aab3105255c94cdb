// Shapes shared by the modules, for tsc only: no browser asks for this file.

import type { Api } from "./api.js";

/** West, north, east, south, in pixels of Web Mercator at zoom 0 (north is the smaller number). */
export type Box = [number, number, number, number];

/** Arcs joined end to end (`~n` is arc n backwards), and the box around them. */
export interface Line {
  arcs: number[];
  box: Box;
}

/** One status of a painted map (ui/map/build.py, Swatch). */
export interface Swatch {
  fill: string;
  label: string;
  hatch: boolean;
  motif?: string;
}

export interface Paint {
  runs: string;
  palette: Swatch[];
  /** What the colours tell of the communes chosen, in a word: these are then outlined, and the colours show through. */
  over?: string;
  /** What two things the colours cross, over the legend. */
  title?: string;
}

/** Zones of a layer: id and name of each, and the ranks of the zones of each commune of the scope, in its order. */
export interface ZoneFile {
  zones: [string, string][];
  of: number[][];
}

/** How a boundary is drawn (geo/display/styles.py); `behind` another one, it is thin and pale. */
export interface LineLook {
  color: string;
  dash: number[];
  weight: number;
  core?: number[];
  casing?: string;
  behind?: boolean;
}

/** Outlines asked for (ui/map/build.py, Overlay). */
export interface Overlay extends LineLook {
  id: string;
  url: string;
  label: string;
}

/** Lines drawn over the communes. */
export interface Outline extends LineLook {
  lines: Line[];
}

export type ShownOverlay = Overlay & ZoneFile & Outline;

/** A round mark of the map of home (ui/map/build.py, Point). */
export interface Mark {
  id: string;
  lat: number;
  lon: number;
  name: string;
  detail?: string;
  fill: string;
  radius?: number;
}

/** A quarter or a place of care (ui/map/overlays.py): place, name, detail, inhabitants, radius, outlines. */
export interface PointOfInterest {
  x: number;
  y: number;
  n: string;
  d?: string;
  p?: number;
  r: number;
  o?: L.LatLngExpression[] | L.LatLngExpression[][] | L.LatLngExpression[][][];
}

/** What one more click would change (ui/map/tooltips.py, Preview.payload). */
export interface SentPreview {
  people: number;
  texts?: string[];
  of?: string;
  locked?: string;
}

/** What is said in full screen (ui/map/glance.py). */
export interface SentGlance {
  figures: string[];
  turned?: string[];
  more?: number;
  undo?: number;
  redo?: number;
}

/** What Python sends at each run; what is absent is empty. */
export interface State {
  geometry: string;
  /** Files of the cities opened into IRIS (geo/display/pieces.py). */
  opened?: string[];
  /** File of the outlines of all départements, beside that of the geometry. */
  around?: string;
  /** File of the EPCI of each commune, beside that of the geometry, to name them from afar. */
  names?: string;
  /** Who drew the outlines, when it is not who drew those that come with the app. */
  credit?: string;
  bounds?: L.LatLngBoundsLiteral;
  codes?: string;
  seq?: number;
  life?: string;
  paint?: Paint | string;
  overlays?: Overlay[];
  points?: Mark[];
  focus?: { code: string; n: number };
  preview?: SentPreview;
  glance?: SentGlance;
  quarters?: string;
  places?: string;
  served?: string;
  mark?: { codes: string; n: number };
}

export type Mode = "select" | "paint" | "points";

/** What Python says once, with the frame. */
export interface FrameOptions {
  mode: Mode;
  phrases?: string[];
}

/** Where a click fell, or the key that stands for it. */
export type Press = L.LeafletMouseEvent | KeyboardEvent;

/** One line of the legend: its words, and what draws its sample, around a centre. */
export interface LegendEntry {
  label: string;
  draw(context: CanvasRenderingContext2D, x: number, y: number): void;
}

/** What adds to the map: each method is called by the map when it is there. */
export interface Extra {
  /** Follow a new state. */
  apply?(state: State): unknown;
  /** Add lines to the tooltip of a commune. */
  describe?(node: HTMLElement, number: number): void;
  /** Take a press away from the communes: true when it is taken. */
  takes?(event: Press): boolean;
  /** A commune was chosen to be looked at, by its number. */
  look?(number: number): void;
  /** Lines that the legend has of it. */
  legend?(): LegendEntry[];
  /** Add to what `Api.state` says, for tests and benches. */
  report?(): Record<string, unknown>;
  /** Files asked for and not there yet. */
  readonly pending?: number;
}

/** What loader.js answers with until the modules are there. */
export interface Waiting {
  attach(map: L.Map, options: FrameOptions): Promise<void>;
  apply(state: State): void;
}

declare global {
  const topojson: typeof import("topojson-client");
  interface Window {
    /** The only name of ours in the frame: what the scripts that Python writes call, first kept by loader.js. */
    CL: Api | Waiting;
    /** In the one file that set-up makes of all scripts: there is nothing to ask for. */
    CL_WHOLE?: boolean;
    /** Given by streamlit-folium. */
    Streamlit: { setComponentValue(value: unknown): void };
  }
}

declare module "leaflet" {
  namespace control {
    /** leaflet.fullscreen, which comes without types. */
    function fullscreen(options: { position: string; title: string; titleCancel: string }): Control;
  }
}
