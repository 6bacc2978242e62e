// Enhancements only: every page works without this file. The rules are the server's (onboarding/personal_code.py).
"use strict";

const KINDS = [[26, /[a-z]/], [26, /[A-Z]/], [10, /[0-9]/], [33, /[!-/:-@[-`{-~]/]];

function strength(code, bits) {
  const points = Array.from(code, (letter) => letter.codePointAt(0));
  const pool = KINDS.reduce((sum, [size, kind]) => sum + (kind.test(code) ? size : 0), 0);
  const counted = points.filter((point, at) => at === 0 || Math.abs(point - points[at - 1]) > 1).length;
  const found = pool ? counted * Math.log2(pool) : 0;
  return bits.filter((least) => found >= least).length;
}

function liveStrength(line, field) {
  const bits = line.dataset.bits.split(",").map(Number);
  const levels = line.dataset.levels.split("|");
  const [words, meter] = [line.querySelector("[role=status]"), line.querySelector("meter")];
  field.addEventListener("input", () => {
    const level = strength(field.value, bits);
    words.textContent = field.value ? levels[level] : "–";
    meter.value = level;
  });
}

function calendar(field) {
  if (!("showPicker" in HTMLInputElement.prototype)) return;
  const picker = document.createElement("input");
  const button = document.createElement("button");
  picker.type = "date";
  picker.max = new Date().toISOString().slice(0, 10);
  picker.className = "picker";
  picker.tabIndex = -1;
  picker.setAttribute("aria-hidden", "true");
  button.type = "button";
  button.className = "second calendar";
  button.textContent = field.dataset.date;
  button.addEventListener("click", () => picker.showPicker());
  picker.addEventListener("change", () => {
    if (picker.value) field.value = picker.value.split("-").reverse().join("/");
    field.focus();
  });
  field.after(picker, button);
}

const line = document.getElementById("niveau");
const code = document.getElementById("new_code");
if (line && code) liveStrength(line, code);
document.querySelectorAll("input[data-date]").forEach(calendar);
