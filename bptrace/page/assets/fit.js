// Mathematics that is wider than its place, which no line breaks in: made smaller, or where that is not enough scrolled.

const SMALLEST = 0.7;

const EVERYWHERE = ".rows math, .words math, .equations math, #why math, h3 math";
const IN_NEW_STEPS = ".step.new math, #why math";

/** Fits what is shown, or the part of it that has changed. */
function fitMathematics(selector = EVERYWHERE) {
  const pieces = [...document.querySelectorAll(selector)];
  for (const piece of pieces) piece.style.fontSize = "";
  const places = pieces.map((piece) => piece.closest("td, th, p, li, div, h3"));
  const free = places.map((place) => roomIn(place));
  const ratios = pieces.map((piece, number) => free[number] / piece.getBoundingClientRect().width);
  ratios.forEach((ratio, number) => {
    if (ratio > 0 && ratio < 1) pieces[number].style.fontSize = `${Math.max(ratio - 0.01, SMALLEST)}em`;
  });
  const wide = new Set(places.filter((_, number) => ratios[number] > 0 && ratios[number] < SMALLEST));
  for (const place of new Set(places)) letScroll(place, wide.has(place));
}

/** How wide something in a place may be; a cell may fill its row. */
function roomIn(place) {
  const style = getComputedStyle(place);
  const whole = place.closest("tr") ?? place;
  return whole.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
}

/** What scrolls can have the focus, so that keys move it. */
function letScroll(place, scrolls) {
  place.classList.toggle("scrolls", scrolls);
  if (scrolls) place.tabIndex = 0;
  else place.removeAttribute("tabindex");
}
