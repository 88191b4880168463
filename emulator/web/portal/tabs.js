// The tabs of the drawer, for mouse and keyboard (the arrow keys, Home and End).

import { byId } from "./dom.js";

export function connectTabs() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const one of tabs) {
      const current = one === tab;
      one.setAttribute("aria-selected", String(current));
      one.tabIndex = current ? 0 : -1;
      byId(one.getAttribute("aria-controls")).hidden = !current;
    }
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const last = tabs.length - 1;
      const target = { ArrowRight: index === last ? 0 : index + 1, ArrowLeft: index === 0 ? last : index - 1,
        Home: 0, End: last }[event.key];
      if (target === undefined) return;
      event.preventDefault();
      choose(tabs[target]);
      tabs[target].focus();
    });
  });
}
