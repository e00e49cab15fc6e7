// How strong is a number drawn? By the law of viz/style.py: the sign is a colour, and dashes for a negative number; the
// size is the thickness of a line and the strength of a tint. The numbers of the law come from there too.

const POINTS = 1.5; // units of the stage for a point of viz.draw, whose letters are 10 points high where these are 15

/** Between 0 and 1; the square root makes small numbers visible beside large ones. */
export function shareOf(number, largest) {
  if (Number.isNaN(number) || largest === 0) return 0;
  return Number.isFinite(number) ? Math.min(1, Math.sqrt(Math.abs(number) / largest)) : 1;
}

/** "positive", "negative", or "neutral" for 0, NaN and a number that is not known. */
export function signOf(number) {
  if (number === null || Number.isNaN(number) || number === 0) return "neutral";
  return number > 0 ? "positive" : "negative";
}

/** How much of the colour of its sign is in the background of a number. */
export function tintOf(number, largest, law) {
  return number === null ? 0 : law.strongest_tint * shareOf(number, largest);
}

/** How wide the line of a number is. */
export function widthOfPen(number, largest, law) {
  const share = number === null ? 0 : shareOf(number, largest);
  return POINTS * (law.thinnest + (law.thickest - law.thinnest) * share);
}
