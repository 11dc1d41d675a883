// Rules worked out: from a form and the names that fill its places to a value.
//
// The engine, for the rest of the page:
//   engine = makeEngine(data)         of `rules_data`, in bptrace/page/rules.py
//   engine.off                        why what-if is off, or ""
//   engine.check()                    {rows: how many, wrong: [names], off: why it is not done, or ""}
//   engine.givens                     the names that can be edited, in order
//   engine.text(name)                 a given's text as the file's numbers print
//   engine.workOut({name: text})      Map from every name to {value, text, changed, anew, formula, rule}; what has no
//                                     value has the text "none: why" or "none without another". `anew`: its digits are
//                                     written otherwise, a fraction as a decimal. `formula` and `rule`: what
//                                     stands in the register then, null where that stands there already; of such rows
//                                     `reads` has the names in them, as they are called there. It throws a
//                                     WhatIfProblem, whose message is for the reader: no number, not in range, too long
//   engine.parseNumber(text)          a value, or a message (a string) that says what is wrong
//   engine.equal(name, text)          {kind, text}: kind is "right", "close" (text says what is wanted), "wrong" or
//                                     "unread" (text says why)

// What is missing. `without`: the name of what it needs, or "".
class Missing {
  constructor(reason, without) {
    this.reason = reason;
    this.without = without;
  }

  get text() {
    return this.without ? `none without ${this.without}` : `none: ${this.reason}`;
  }
}

// Something hangs on what is missing.
class NeedsMissing extends NoValue {}

const RELATIONS = {
  "<": (one, other) => compare(one, other) < 0,
  "<=": (one, other) => compare(one, other) <= 0,
};

// A form as nodes; its places are counted in the order in which they stand.
function compiled(form) {
  let count = 0;
  const bound = (found) => found && { relation: found[0], node: node(found[1]) };
  const branch = ([low, high, value]) => ({ low: bound(low), high: bound(high), value: node(value) });
  const cases = (found) => ({ kind: "cases", subject: node(found.of), branches: found.if.map(branch) });
  const node = (found) => {
    if (found === 0) return { kind: "slot", place: count++ };
    if (typeof found === "string") return literalNode(found);
    if (!Array.isArray(found)) return cases(found);
    const [op, ...args] = found;
    return { kind: "call", op, args: args.map(node) };
  };
  return node(form);
}

function literalNode(text) {
  const decimal = { d: true, f: false }[text[0]];
  return { kind: "number", value: ofExactText(text.replace(/^[df]/, "")), decimal };
}

// What works out the nodes of one rule. `read` gives the value at a place; `known` what is worked out already.
class Evaluator {
  constructor(read, known) {
    this.read = read;
    this.known = known;
    this.valueOf = this.valueOf.bind(this);
  }

  // It throws NoValue, Undecided, TooMuch.
  valueOf(node) {
    if (node.kind === "slot") return this.leaf(node);
    if (node.kind === "number") return node.value;
    if (node.kind === "cases") return this.valueOf(this.chosen(node).value);
    const row = OPERATIONS[node.op];
    const args = row.live ? row.live(node.args, this.valueOf) : node.args;
    return this.applied(node.op, row, args.map(this.valueOf));
  }

  leaf(node) {
    const value = this.read(node.place);
    if (value instanceof Missing) throw new NeedsMissing();
    return value;
  }

  applied(op, row, values) {
    if (!row.real && values.every(isRational)) return row.apply(...values);
    const key = `${op} ${values.map((value) => this.known.key(value)).join(" ")}`;
    return this.known.once(key, () => marked(op, row.real, values, row.apply(...values)));
  }

  chosen(cases) {
    const subject = this.valueOf(cases.subject);
    const holds = ({ low, high }) =>
      (!low || RELATIONS[low.relation](this.valueOf(low.node), subject)) &&
      (!high || RELATIONS[high.relation](subject, this.valueOf(high.node)));
    const found = cases.branches.find(holds);
    if (!found) throw new NoValue("no case holds");
    return found;
  }

  // The nodes that a node's value comes from.
  liveParts(node) {
    if (node.kind === "call") return this.attempt(() => this.liveArguments(node)) || node.args;
    if (node.kind !== "cases") return [];
    const branch = this.attempt(() => this.chosen(node));
    return branch ? [node.subject, branch.value] : [node.subject];
  }

  liveArguments(node) {
    const { live } = OPERATIONS[node.op];
    return live ? live(node.args, this.valueOf) : node.args;
  }

  // The place of the first that is missing among what a node's value comes from, or -1.
  missingPlace(node) {
    if (node.kind === "slot") return this.read(node.place) instanceof Missing ? node.place : -1;
    return this.liveParts(node).map((part) => this.missingPlace(part)).find((place) => place >= 0) ?? -1;
  }

  // Why it cannot be told which arguments a part of a rule comes from, or "": a class number may be none.
  unreadable(node) {
    if (node.kind !== "call") return "";
    const own = OPERATIONS[node.op].live ? this.refusal(() => this.liveArguments(node)) : "";
    return own || node.args.map((arg) => this.unreadable(arg)).find(Boolean) || "";
  }

  refusal(work) {
    try {
      work();
    } catch (problem) {
      if (problem instanceof NoValue && !(problem instanceof NeedsMissing)) return problem.message;
    }
    return "";
  }

  // What a piece of work gives, or null where there is no value.
  attempt(work) {
    try {
      return work();
    } catch (problem) {
      if (problem instanceof NoValue || problem instanceof Undecided) return null;
      throw problem;
    }
  }

  hasValue(node) {
    return this.attempt(() => this.valueOf(node)) !== null;
  }

  isNothing(node) {
    const value = this.attempt(() => this.valueOf(node));
    return value !== null && isZero(value);
  }

  // The node with what stands for those parts that have no value by themselves, but a limit.
  atLimits(node) {
    if (this.hasValue(node)) return node;
    const made = rebuilt(node, (part) => this.atLimits(part));
    if (made.kind !== "call") return made;
    const beside = factorsOf(made);
    if (beside.length > 1 && beside.some((factor) => this.isNothing(factor))) return this.besideZero(made);
    return OPERATIONS[made.op].weak ? made : this.limit(made);
  }

  // A factor beside one that is exactly 0, with 0 for what is weaker than that one.
  besideZero(node) {
    if (node.kind !== "call" || this.hasValue(node)) return node;
    const { weak, affine } = OPERATIONS[node.op];
    if (weak) return this.limit(node);
    const open = affine ? affine(node.args) : [];
    return { ...node, args: node.args.map((arg) => (open.includes(arg) ? this.besideZero(arg) : arg)) };
  }

  limit(node) {
    const values = node.args.map((arg) => this.attempt(() => this.valueOf(arg)));
    const found = LIMITS[node.op] && !values.includes(null) ? LIMITS[node.op](node.args, values) : null;
    return found ? this.atLimits(found) : node;
  }
}

function rebuilt(node, change) {
  if (node.kind === "call") return { ...node, args: node.args.map(change) };
  if (node.kind !== "cases") return node;
  const bound = (found) => found && { ...found, node: change(found.node) };
  const branch = ({ low, high, value }) => ({ low: bound(low), high: bound(high), value: change(value) });
  return { kind: "cases", subject: change(node.subject), branches: node.branches.map(branch) };
}

function factorsOf(node) {
  return node.kind === "call" && node.op === "*" ? node.args.flatMap(factorsOf) : [node];
}

// What has been worked out of intervals, by operation and arguments.
class Known {
  constructor() {
    this.found = new Map();
    this.numbers = new Map();
  }

  key(value) {
    if (isRational(value)) return `${value.top}/${value.bottom}`;
    if (!this.numbers.has(value)) this.numbers.set(value, this.numbers.size);
    return `#${this.numbers.get(value)}`;
  }

  once(key, work) {
    if (!this.found.has(key)) this.found.set(key, work());
    return this.found.get(key);
  }
}

// The value of a rule, or what is said where it has none.
function ruleValue(node, read, known, nameAt) {
  const evaluator = new Evaluator(read, known);
  try {
    return evaluator.valueOf(node);
  } catch (problem) {
    if (!(problem instanceof NoValue)) throw problem;
    return limitValue(evaluator, node, nameAt);
  }
}

function limitValue(evaluator, node, nameAt) {
  const unread = evaluator.unreadable(node);
  if (unread) return new Missing(unread, "");
  const made = evaluator.atLimits(node);
  const place = evaluator.missingPlace(made);
  if (place >= 0) return new Missing("", nameAt(place));
  try {
    return evaluator.valueOf(made);
  } catch (problem) {
    if (!(problem instanceof NoValue)) throw problem;
    return new Missing(problem.message, "");
  }
}
