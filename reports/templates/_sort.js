// Makes the extraction table sortable. Without it the table is complete, in the order of the papers' names.
(() => {
  "use strict";
  const table = document.querySelector("table.papers");
  if (!table) return;
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const state = document.getElementById("sort-state");
  const value = (row, k) => row.cells[k].dataset.sort ?? row.cells[k].textContent.trim();
  const compare = (a, b) => {
    const x = parseFloat(a), y = parseFloat(b);
    if (!isNaN(x) && !isNaN(y)) return x - y;
    if (isNaN(x) !== isNaN(y)) return isNaN(x) ? -1 : 1;
    return a.localeCompare(b);
  };
  heads.forEach((head, k) => {
    const numeric = [...body.rows].some((row) => row.cells[k].dataset.sort) || head.classList.contains("num");
    const button = document.createElement("button");
    const name = head.textContent;
    button.type = "button";
    button.textContent = name;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const descending = now ? now === "ascending" : numeric;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const order = numeric ? compare : (a, b) => a.localeCompare(b);
      const rows = [...body.rows].sort((a, b) => order(value(a, k), value(b, k)) * (descending ? -1 : 1));
      body.append(...rows);
      state.textContent = `Sorted by ${name}, ${descending ? "descending" : "ascending"}.`;
    });
  });
})();
