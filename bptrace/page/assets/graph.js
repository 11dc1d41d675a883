// The picture of the network beside the register: what the new rows are about, what is to come, the paths to a gradient.

/** spots: {ids, rows, givens} as bptrace/page/spots.py has them; nothing where there is no picture. */
function makeGraph(spots, names) {
  const parts = (spots?.ids ?? []).map(byId);
  const worked = new Set((spots?.rows ?? []).filter((number) => parts[number]?.matches(".node:not(.given)")));
  const numberOf = (name) => {
    const place = names.placeOf(name);
    if (place >= 0) return spots.rows[place];
    return spots.givens[name] ?? spots.givens[name.replace(/\([0-9]+\)$/, "")] ?? -1;
  };

  function mark(name, chosen) {
    for (const part of document.querySelectorAll(`#graph .${name}`)) part.classList.remove(name);
    for (const part of chosen) part?.classList.add(name);
  }

  /** What stands in the picture at the rows from start to stop. */
  const partsAt = (start, stop) => [...new Set(spots.rows.slice(start, stop))].map((number) => parts[number]);

  /** The rows from start to stop are new; those behind are to come unless all are there. */
  function show({ start, stop }, all) {
    if (!spots) return;
    const seen = new Set(spots.rows.slice(0, stop));
    mark("now", partsAt(start, stop));
    mark("to-come", all ? [] : [...worked].filter((number) => !seen.has(number)).map((number) => parts[number]));
    mark("unreached", all ? [] : unreached());
    movePictureTo(partsAt(start, stop).filter(Boolean));
  }

  /** Edges whose end is to come. */
  const unreached = () => [...document.querySelectorAll("#graph .edge")].filter((edge) =>
    byId(edge.id.split("-").at(-1))?.classList.contains("to-come"));

  /** Draws routes, each the names from the loss to a quantity. */
  function draw(routes) {
    if (spots) mark("drawn", routes.flatMap((route) => alongRoute(route.map((name) => spots.ids[numberOf(name)]))));
  }

  /** The names of rows and givens that stand at an element of the picture. */
  function rowsAt(element) {
    const number = spots ? spots.ids.indexOf(element.id || element.dataset.edge) : -1;
    return spots?.rows.flatMap((found, place) => (found === number && number >= 0 ? [place] : [])) ?? [];
  }

  function givenAt(element) {
    const number = spots ? spots.ids.indexOf(element.id || element.dataset.edge) : -1;
    return Object.keys(spots?.givens ?? {}).find((name) => spots.givens[name] === number && number >= 0) ?? "";
  }
  return { show, draw, rowsAt, givenAt };
}

/** The elements along a route of ids: those themselves, and the edges between nodes that follow each other. */
function alongRoute(ids) {
  const known = ids.filter(Boolean);
  const between = known.flatMap((id, number) => {
    const before = known[number - 1];
    return before && before !== id ? [byId(`e-${id}-${before}`)] : [];
  });
  return [...known.map(byId), ...between];
}

/** A click on the picture asks why of the last row that is shown there, or leads to the given. */
function listenToGraph(graph, rows, why) {
  byId("graph")?.addEventListener("click", (event) => {
    const element = event.target.closest(".node, .edge, .label");
    if (!element) return;
    const shown = graph.rowsAt(element).filter((place) => !rows[place].hidden);
    if (shown.length) why.open(shown.at(-1), null);
    else document.querySelector(`[data-given="${CSS.escape(graph.givenAt(element))}"] input`)?.focus();
  });
}

// The size of the picture: never so small that it cannot be read.

const LEAST_LETTERS = 9.5;
const WIDEST_BESIDE = 0.4;

/** Tells the style sheet how large the picture must be, and puts it above all where it has no room beside the register. */
function placePicture() {
  const [figure, main, network] = ["#graph", "main", "#network"].map((part) => document.querySelector(part));
  if (!figure) return;
  const { width, height, tall } = leastSize(figure.querySelector("svg"));
  const root = document.documentElement;
  root.style.setProperty("--width", `${width}px`);
  root.style.setProperty("--height", `${height}px`);
  root.style.setProperty("--tall", tall);
  const isAbove = width > WIDEST_BESIDE * main.clientWidth;
  root.classList.toggle("above", isAbove);
  if (isAbove !== (figure.nextElementSibling === main)) isAbove ? main.before(figure) : network.prepend(figure);
  letScroll(figure, figure.scrollWidth > figure.clientWidth || figure.scrollHeight > figure.clientHeight);
}

/** How large a picture is in which the smallest letters can be read. */
function leastSize(picture) {
  const { width, height } = picture.viewBox.baseVal;
  const letters = [...picture.querySelectorAll("text")].map((text) => Number(text.getAttribute("font-size")));
  const scale = LEAST_LETTERS / Math.min(...letters);
  return { width: Math.ceil(width * scale), height: Math.ceil(height * scale), tall: height / width };
}

/** Moves the picture, where it is larger than its place, so that some of its parts are in the middle. */
function movePictureTo(parts) {
  const figure = byId("graph");
  if (!figure || !parts.length) return;
  const [boxes, place] = [parts.map((part) => part.getBoundingClientRect()), figure.getBoundingClientRect()];
  const middle = (low, high) => (Math.min(...boxes.map((box) => box[low])) + Math.max(...boxes.map((box) => box[high]))) / 2;
  figure.scrollLeft += middle("left", "right") - (place.left + place.right) / 2;
  figure.scrollTop += middle("top", "bottom") - (place.top + place.bottom) / 2;
}
