// The values of the page: those of the file, or those of what is edited, from its own engine; and whether they agree.

/** text(name): the value of a name as it is printed. forWhy: what an explanation asks for. */
function makeValues(data, page, names) {
  const engine = data.engine.off ? null : makeEngine(data.engine);
  const links = linksOf(data.links);
  const state = { found: null, decimal: data.engine.decimal };
  const show = makeRegister(page.rows, names);
  let changed = () => {};

  const known = () => (state.found ??= engine.workOut({}));
  const valueList = () => [...known().values()].map(({ value }) => value);
  const text = (name) => {
    if (engine && !engine.off) return known().get(name)?.text ?? "";
    const row = page.rows[names.placeOf(name)];
    return (row?.querySelector(".value") ?? names.cellOf(name))?.textContent ?? "";
  };

  function edit(edited) {
    const isEdited = Object.keys(edited).length > 0;
    const found = engine.workOut(edited);
    state.found = found;
    state.decimal = engine.data.decimal || (engine.data.auto && Object.values(edited).some(isDecimalText));
    show(isEdited ? found : null);
    document.documentElement.classList.toggle("edited", isEdited);
    tellEdited(isEdited ? edited : null, page.rows.filter((row) => row.classList.contains("changed")).length, page.rows.length);
    changed();
  }

  const factors = byId("factors").content.children;
  return {
    text,
    onChange: (listener) => { changed = listener; },
    check: () => checkPage(data, engine, names, page, edit),
    canJudge: () => Boolean(engine) && !engine.off,
    judge: (name, typed) => engine.equal(name, typed),
    forWhy: {
      links, text,
      get engine() { return engine && !engine.off ? engine : null; },
      factor: (place, source) => atPrecision(engine, () => factorValue(engine, links, valueList(), place, source)),
      product: (list) => atPrecision(engine, () => list.reduce(product, ONE)),
      isNothing: (value) => Boolean(value) && !(value instanceof Missing) && isZero(value),
      shown: (value) => engine.shown(value, state.decimal),
      valueText: text,
      factorMath: (factor, place) => (typeof factor === "string"
        ? names.math(names.inFull(factor, names.sampleOf(place))) : factors[factor].cloneNode(true)),
      subject: (place) => names.inFull(links.get(place).subject, names.sampleOf(place)),
      loss: (place) => names.inFull(data.loss, names.sampleOf(place)),
    },
  };
}

const atPrecision = (engine, work) => (engine && !engine.off ? withBits(engine.needed + SPARE_BITS, work) : null);

/** Works out every row and says whether all agree with what the page was given; then lets the givens be edited. */
function checkPage(data, engine, names, page, edit) {
  const told = byId("checked");
  if (!engine) {
    told.textContent = `What if is off: ${data.engine.off}.`;
    return;
  }
  const { rows, wrong, off } = engine.check();
  if (off) told.textContent = `What if is off: ${off}.`;
  else if (wrong.length) told.textContent = `Worked out again in this page, ${wrong.length} of ${rows} rows differ: ${wrong.slice(0, 5).join(", ")}.`;
  else told.textContent = `Worked out again in this page: all ${rows} rows agree.`;
  told.classList.toggle("wrong", wrong.length > 0);
  if (!off) letEdit(engine, names, edit);
}

function letEdit(engine, names, edit) {
  const cells = engine.givens.map((name) => [name, names.cellOf(name)]).filter(([, cell]) => cell);
  const fields = makeFields(cells, (edited) => {
    try {
      edit(edited);
      fields.mark("");
    } catch (problem) {
      if (!(problem instanceof WhatIfProblem)) throw problem;
      byId("what-if").textContent = problem.message;
      fields.mark(problem.given);
    }
  });
  byId("what-if").textContent = "Change any number, and all is worked out again.";
  byId("as-in-file").addEventListener("click", fields.reset);
}

function tellEdited(edited, changed, rows) {
  const settings = Object.entries(edited ?? {}).map(([name, text]) => `${name} = ${text}`).join(", ");
  byId("what-if").textContent = edited
    ? `What if ${settings}: ${changed} of ${rows} rows differ from the file's.`
    : "As in the file.";
  byId("as-in-file").hidden = !edited;
}
