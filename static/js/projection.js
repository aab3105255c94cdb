/*
 * From pixels at zoom 0 (see geometry.js) to what Leaflet understands, and back.
 */

/** @typedef {import("./types.d.ts").Box} Box */

/**
 * @param {number} x
 * @param {number} y
 */
export const toLatLng = (x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(x, y), 0);

/** @param {L.LatLng} latlng */
export const toWorld = (latlng) => L.CRS.EPSG3857.latLngToPoint(latlng, 0);

/** @param {Box} box */
export const boundsOf = ([west, north, east, south]) => L.latLngBounds(toLatLng(west, north), toLatLng(east, south));
