// The quiz on the page: the row that is asked stands in the register without its value, the question in the bar below.

const RESULTS = { first: "right", hinted: "right, with hints", missed: "missed" };

/** What a quiz asks of each row: `quantities` are their names. */
function questionsOf(data, cells, quantities, text) {
  return data.rows.map((row, place) => ({
    quantity: quantities[place], text: text(quantities[place]), hints: hintsTo(firstHint(data, row), cells[place]),
  }));
}

/** How to go about the row, its formula, its numbers; what says nothing more, or is the value itself, is left out. */
function hintsTo(first, row) {
  const [formula, rule, value] = [".formula", ".rule", ".value"].map((cell) => row.querySelector(cell).textContent);
  const hints = first ? [{ words: `hint: ${first}` }] : [];
  if (formula !== value) hints.push({ words: "its formula is ", cell: ".formula" });
  if (rule !== formula && rule !== value) hints.push({ words: "in numbers: ", cell: ".rule" });
  return hints;
}

/** values: judge(quantity, text) says what an answer is, text(quantity) what the value is. The stepper hides what is asked, and all that comes behind it. */
class Asking {
  constructor(data, rows, stepper, values) {
    this.data = data;
    this.rows = rows;
    this.stepper = stepper;
    this.values = values;
    this.quiz = null;
    this.field = byId("answer");
    this.listen();
    this.commands = { next: () => this.next() };
  }

  /** Whether there is a quiz to be had; where nothing judges an answer there is none. */
  offer(can) {
    this.can = can && this.data.quiz.rows.length > 0;
    byId("start-quiz").hidden = !this.can;
  }

  turn() {
    if (this.quiz) this.end();
    else if (this.can) this.begin();
  }

  /** Go on; from what is asked, to the question. */
  next() {
    this.stepper.next();
    if (this.quiz && this.stepper.span().start >= this.quiz.place) this.focus();
  }

  listen() {
    byId("quiz").addEventListener("submit", (event) => {
      event.preventDefault();
      this.show(this.quiz.answer(this.field.value));
    });
    this.field.addEventListener("keydown", ({ key }) => key === "Escape" && this.field.blur());
    byId("hint").addEventListener("click", () => this.show(this.quiz.hint()));
    byId("skip").addEventListener("click", () => this.show(this.quiz.skip()));
    byId("end-quiz").addEventListener("click", () => this.end());
    byId("start-quiz").addEventListener("click", () => this.begin());
    byId("print-score").addEventListener("click", printScore);
  }

  begin() {
    if (!byId("as-in-file").hidden) byId("as-in-file").click();
    letEditing(false);
    document.documentElement.classList.add("in-quiz");
    const names = this.data.steps.flatMap((step) => step.rows);
    const questions = questionsOf(this.data.quiz, this.rows, names, this.values.text);
    this.quiz = new Quiz(questions, this.values.judge, this.stepper.span().start);
    byId("score").hidden = true;
    byId("quiz").hidden = false;
    byId("start-quiz").hidden = true;
    this.show({ kind: "", text: "" });
  }

  show(reply) {
    const shown = reply.cell ? [copyOf(this.rows[this.quiz.place].querySelector(reply.cell))] : [];
    byId("reply").replaceChildren(reply.text, ...shown);
    byId("reply").className = reply.kind;
    if (this.quiz.over) this.end(reply.text);
    else this.ask(reply.kind);
  }

  ask(kind) {
    const { place } = this.quiz;
    this.stepper.ask(place);
    this.letAskWhy(place);
    byId("asked").replaceChildren(copyOf(this.rows[place].querySelector(".quantity")));
    if (["", "right", "told"].includes(kind)) this.field.value = "";
    this.focus();
    this.rows[place].scrollIntoView({ block: "nearest" });
  }

  /** Why there is none of the row that is asked. */
  letAskWhy(asked) {
    this.rows.forEach((row, place) => { row.querySelector(".ask-why").disabled = place === asked; });
  }

  focus() {
    this.field.focus({ preventScroll: true });
    this.field.select();
  }

  end(last = "") {
    const { score } = this.quiz;
    this.quiz = null;
    byId("quiz").hidden = true;
    byId("start-quiz").hidden = false;
    this.stepper.ask(Infinity);
    this.letAskWhy(-1);
    letEditing(true);
    document.documentElement.classList.remove("in-quiz");
    if (score.rows.length) showScore(this.rows, score, last);
    else byId("start-quiz").focus();
  }
}

/** A quiz is about the numbers of the file. */
function letEditing(can) {
  for (const field of document.querySelectorAll("#givens input")) field.readOnly = !can;
}

function showScore(rows, score, last) {
  byId("score-lines").replaceChildren(...[last, ...score.lines()].filter(Boolean).map((line) => made("p", {}, line)));
  byId("score-rows").replaceChildren(...score.rows.map((told) => scoreRow(rows[told.place], told)));
  byId("score").hidden = false;
  byId("score").focus();
  byId("score").scrollIntoView({ block: "start" });
}

function scoreRow(row, { quantity: name, how, tries }) {
  const [quantity, value] = [".quantity", ".value"].map((part) => copyOf(row.querySelector(part)));
  const seen = [made("span", { "aria-hidden": "true" }, quantity), made("span", { class: "heard" }, name)];
  const cells = [made("th", { scope: "row" }, ...seen), made("td", {}, value), made("td", {}, tries.join("; "))];
  return made("tr", { class: how }, ...cells, made("td", {}, RESULTS[how]));
}

/** Prints the score alone. */
function printScore() {
  document.documentElement.classList.add("only-score");
  addEventListener("afterprint", () => document.documentElement.classList.remove("only-score"), { once: true });
  print();
}
