/*
 * The map from the keyboard: when it has the focus, the arrows move it (Leaflet), what is at its centre is told, and Enter or
 * the space bar chooses it, as a click would.
 */

/** @param {import("./map.js").CommuneMap} owner */
export function hearKeys(owner) {
  const { map, pointer } = owner;
  const container = map.getContainer();
  let byKeys = false; // the view was last moved by the arrows
  const look = () => {
    if (document.activeElement !== container || !byKeys) return;
    pointer.hover(pointer.numberAt(map.getCenter()), map.getCenter());
  };
  container.addEventListener("keydown", (event) => {
    if (event.target !== container) return;
    if (event.key.startsWith("Arrow")) {
      byKeys = true;
      return;
    }
    if ((event.key !== "Enter" && event.key !== " ") || owner.taken(event)) return;
    event.preventDefault();
    const number = pointer.numberAt(map.getCenter());
    if (number < 0 || pointer.zooming) return;
    byKeys = true;
    owner.choose(number);
    look();
  });
  container.addEventListener("pointermove", () => {
    byKeys = false;
  });
  map.on("moveend", look);
}
