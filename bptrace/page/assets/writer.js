// Rules as the register writes them: the formula with names, the rule with numbers. Brackets come from strength alone.

const [OUTERMOST, CASES, SUM, FRACTION, PRODUCT, POWER, ATOM] = [-1, 0, 1, 2, 3, 4, 5];
const NOTHING = { kind: "number", value: ZERO };
const SPELLED = { "max of all": "max", "min of all": "min", "argmax of windows": "argmax" };
const FLIPPED = { "<": ">", "<=": ">=" };

// The rule that holds for these values: of a choice what is chosen, of a sum the terms that there are.
class Resolved {
  constructor(evaluator) {
    this.evaluator = evaluator;
    this.of = this.of.bind(this);
  }

  of(node) {
    if (node.kind !== "call") return rebuilt(node, this.of);
    const row = RESOLVED[node.op];
    return row ? row(this, node) : this.within(node);
  }

  within(node) {
    return { ...node, args: node.args.map(this.of) };
  }

  product(node) {
    const product = this.within(node);
    return product.args.includes(NOTHING) ? NOTHING : product;
  }

  choice(node) {
    const [chosen] = this.evaluator.liveArguments(node);
    return chosen.kind === "number" && isZero(chosen.value) ? NOTHING : this.of(chosen);
  }

  weighed(node) {
    const [weight, value] = node.args.map(this.of);
    return this.evaluator.isNothing(weight) ? NOTHING : callOf("*", weight, callOf("log", value));
  }
}

// What is left of an operation, where not the same one of what is left of its arguments.
const RESOLVED = {
  "+": (resolved, { args }) => summed(args, args.map(resolved.of)),
  "*": (resolved, node) => resolved.product(node),
  distribution: (resolved, node) => resolved.of(node.args[0]),
  pick: (resolved, node) => resolved.choice(node),
  "times log": (resolved, node) => resolved.weighed(node),
};

function summed(before, args) {
  const joins = (arg, place) => arg !== before[place] && arg.kind === "call" && arg.op === "+";
  const terms = args.flatMap((arg, place) => (joins(arg, place) ? arg.args : [arg])).filter((arg) => arg !== NOTHING);
  if (terms.length < 2) return terms[0] || NOTHING;
  return callOf("+", ...terms);
}

// Writes one rule. `names` and `values`: by the place of a leaf; `style`: how numbers print.
class Writer {
  constructor(evaluator, names, style, withNumbers) {
    Object.assign(this, { evaluator, names, style, withNumbers });
  }

  top(node) {
    const spaced = node.op === "+" || (node.op === "-" && node.args.some(isCompound));
    return this.write(node, spaced ? OUTERMOST : CASES, true);
  }

  write(node, needed, leads) {
    if (node.kind === "slot") return this.leaf(node, needed, leads);
    if (node.kind === "number") return this.literal(node, needed, leads);
    return node.kind === "cases" ? this.cases(node, needed) : this.call(node, needed, leads);
  }

  leaf(node, needed, leads) {
    const value = this.evaluator.read(node.place);
    if (!this.withNumbers || value instanceof Missing) return this.named(node, needed);
    return this.number(value, needed, leads);
  }

  // A gradient's name in a place where it would be read as the quotient that it looks like is bracketed.
  named(node, needed) {
    const name = this.names[node.place];
    return needed > PRODUCT && name.includes("/") ? `(${name})` : name;
  }

  number(value, needed, leads) {
    return bracketed(this.style.number(value), needed, leads);
  }

  literal(node, needed, leads) {
    const keeps = node.decimal === true || (node.decimal === false && this.style.keepsFractions);
    if (!keeps) return this.number(node.value, needed, leads);
    return bracketed(exactText(node.value, node.decimal), needed, leads);
  }

  call(node, needed, leads) {
    const [strength, text] = this.operation(node, needed, leads);
    return strength < needed ? `(${text})` : text;
  }

  // How strongly an operation holds together, and its text without brackets.
  operation(node, needed, leads) {
    const row = WRITTEN[node.op];
    return row ? row(this, node, needed, leads) : [ATOM, this.called(node)];
  }

  terms({ args: [first, ...rest] }, needed, leads, spaced) {
    const parts = [this.first(first, needed, leads), ...this.several(rest, FRACTION, "terms", 1)];
    return parts.join(spaced ? " + " : "+");
  }

  first(node, needed, leads) {
    const opens = needed === OUTERMOST && (node.op === "+" || node.op === "-");
    return this.write(node, opens ? OUTERMOST : SUM, leads);
  }

  difference({ args: [one, other] }, needed, leads) {
    const parts = [this.first(one, needed, leads), this.write(other, FRACTION, false)];
    return parts.join(needed === OUTERMOST ? " - " : "-");
  }

  product({ args: [first, ...rest] }, leads) {
    return [this.write(first, PRODUCT, leads), ...this.several(rest, PRODUCT, "factors", 1)].join("*");
  }

  quotient({ args: [top, bottom] }, leads) {
    return `${this.write(top, PRODUCT, leads)}/${this.write(bottom, POWER, false)}`;
  }

  power({ args: [base, exponent] }) {
    return `${this.write(base, ATOM, true)}^${this.write(exponent, ATOM, false)}`;
  }

  called(node) {
    const name = SPELLED[node.op] || node.op;
    return node.args.length ? `${name}(${this.several(node.args, SUM, "", 0, true).join(",")})` : name;
  }

  // The parts of a row, the middle of a long one left out and counted.
  several(parts, needed, kind, taken, leads = false) {
    const write = (part) => this.write(part, needed, leads);
    const most = this.style.terms;
    if (most === null || parts.length <= most - taken + 1) return parts.map(write);
    const back = Math.floor(most / 3);
    const front = most - taken - back;
    const left = parts.length - front - back;
    const gap = kind ? `… ${left} more ${kind} …` : `… ${left} more …`;
    return [...parts.slice(0, front).map(write), gap, ...parts.slice(-back).map(write)];
  }

  // Every case with names; with numbers the one that holds, by its condition.
  cases(node, needed) {
    const text = this.withNumbers ? this.held(node) : this.every(node);
    return needed > CASES ? `(${text})` : text;
  }

  every(node) {
    const subject = this.write(node.subject, SUM, true);
    const told = (branch) => `${this.write(branch.value, SUM, true)} if ${this.condition(subject, branch)}`;
    return node.branches.map(told).join(", ");
  }

  held(node) {
    const branch = this.evaluator.chosen(node);
    const condition = this.condition(this.compared(node.subject), branch);
    return node.branches.every(isGate) ? condition : `${condition}: ${this.write(branch.value, SUM, true)}`;
  }

  compared(subject) {
    const value = this.number(this.evaluator.valueOf(subject), CASES, true);
    if (subject.kind === "number") return value;
    return `${subject.kind === "slot" ? this.named(subject, CASES) : this.write(subject, SUM, true)}=${value}`;
  }

  condition(subject, { low, high }) {
    const end = ({ node }) => this.write(node, SUM, true);
    if (low && !high) return `${subject}${FLIPPED[low.relation]}${end(low)}`;
    return `${low ? end(low) + low.relation : ""}${subject}${high ? high.relation + end(high) : ""}`;
  }
}

const asQuotient = (writer, node, needed, leads) => [FRACTION, writer.quotient(node, leads || needed > FRACTION)];
const asPower = (writer, node) => [POWER, writer.power(node)];
// How an operation is written that is no function of its arguments.
const WRITTEN = {
  "+": (writer, node, needed, leads) => [SUM, writer.terms(node, needed, leads || needed > SUM, needed === OUTERMOST)],
  "sum of samples": (writer, node, needed) => [SUM, writer.terms(node, needed, false, true)],
  "-": (writer, node, needed, leads) => [SUM, writer.difference(node, needed, leads || needed > SUM)],
  neg: (writer, { args }, needed, leads) => [leads ? PRODUCT : OUTERMOST - 1, `-${writer.write(args[0], FRACTION, false)}`],
  "*": (writer, node, needed, leads) => [PRODUCT, writer.product(node, leads || needed > PRODUCT)],
  "/": asQuotient,
  share: asQuotient,
  surplus: asQuotient,
  direction: asQuotient,
  "^": asPower,
  "power one lower": asPower,
};

function isCompound(node) {
  return node.kind === "call" && WRITTEN[node.op] !== asPower;
}

// Whether a condition alone tells the value: strictly inside gives 1, on or beyond a bound gives 0.
function isGate({ low, high, value }) {
  const relations = [low, high].filter(Boolean).map(({ relation }) => relation);
  const wanted = value.kind === "number" && (isOne(value.value) ? "<" : isZero(value.value) ? "<=" : "");
  return Boolean(wanted) && relations.every((relation) => relation === wanted);
}

// A number as it stands in a place.
function bracketed(text, needed, leads) {
  const minus = text[0] === "-" && (!leads || needed > PRODUCT);
  return minus || (/[/±]/.test(text) && needed > FRACTION) ? `(${text})` : text;
}
