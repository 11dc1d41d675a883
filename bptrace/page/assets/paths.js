// Every path from the loss to a gradient: along links, each with a factor; the products of the paths sum to the gradient.

/** The links by the place of the row that they lead to: {subject, links: [{source, factor}]}; source -1 is the loss. */
function linksOf(found) {
  const one = ([place, subject, links]) => [place, { subject, links: links.map(([source, factor]) => ({ source, factor })) }];
  return new Map(found.map(one));
}

/** How many paths lead to a gradient, as a BigInt. */
function pathCounter(links) {
  const counts = new Map();
  const count = (place) => {
    if (!counts.has(place)) {
      const parts = links.get(place).links.map(({ source }) => (source < 0 ? 1n : count(source)));
      counts.set(place, parts.reduce((sum, part) => sum + part, 0n));
    }
    return counts.get(place);
  };
  return count;
}

/**
 * The first paths to a gradient in the order of the register's sums: each its links from the gradient to the loss. What
 * ends alike from a factor of exactly 0 on is one, which stands for so many. isNothing(place, link): the factor is 0.
 */
function firstPaths(place, links, isNothing, limit) {
  const count = pathCounter(links);
  const found = [];
  const toLoss = (at) => {
    const link = links.get(at).links.find(({ source }) => source < 0 || count(source) > 0n);
    return [{ ...link, at }, ...(link.source < 0 ? [] : toLoss(link.source))];
  };
  const walk = (at, before) => {
    for (const link of links.get(at).links) {
      if (found.length >= limit) return;
      const way = [...before, { ...link, at }];
      if (link.source < 0) found.push({ links: way, standsFor: 1n });
      else if (count(link.source) === 0n) continue;
      else if (isNothing(at, link)) found.push({ links: [...way, ...toLoss(link.source)], standsFor: count(link.source) });
      else walk(link.source, way);
    }
  };
  walk(place, []);
  return { paths: found, count: count(place) };
}

/**
 * The factor of a link as a value: the rule of its row, which is linear in the gradients that it reads, with 1 for the
 * one that it comes from and 0 for the others; at the loss with 0 for all.
 */
function factorValue(engine, links, values, place, source) {
  const reads = engine.readsOf(engine.first + place);
  const form = engine.form(engine.data.rows[place][2]);
  const known = new Known();
  const withOne = (chosen) => {
    const read = (slot) => {
      const own = reads[slot] - engine.first;
      if (!links.has(own)) return values[reads[slot]];
      return own === chosen ? ONE : ZERO;
    };
    return ruleValue(form, read, known, (slot) => engine.names[reads[slot]]);
  };
  const rest = links.get(place).links.some((link) => link.source < 0);
  if (source < 0 || !rest) return withOne(source);
  return difference(withOne(source), withOne(-1));
}
