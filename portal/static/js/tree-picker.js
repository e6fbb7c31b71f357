// Turns the <select> of organisations into a combobox that filters as one types (ARIA 1.2
// combobox with a listbox). The select stays in the form and carries the value.
function element(tag, attributes, text = "") {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.textContent = text;
  return made;
}

function improve(field) {
  const select = field.querySelector("select");
  const label = field.querySelector("label");
  const words = field.dataset;
  const id = select.id;
  const listId = `${id}-list`;

  const input = element("input", {
    class: "input",
    type: "text",
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    placeholder: words.placeholder ?? "",
  });
  for (const name of ["aria-describedby", "aria-invalid", "aria-required"]) {
    if (select.hasAttribute(name)) {
      input.setAttribute(name, select.getAttribute(name));
    }
  }
  const focused = document.activeElement === select;
  const list = element("ul", { class: "combo__list", id: listId, role: "listbox", "aria-label": label.textContent });
  const status = element("p", { class: "visually-hidden", role: "status" });
  const frame = element("div", { class: "combo" });
  list.hidden = true;

  // The visible control takes over the id, so that label and error summary lead to it.
  select.id = `${id}-value`;
  input.id = id;
  select.hidden = true;
  frame.append(input, list, status);
  select.after(frame);

  let items = [];
  let active = -1;
  let stale = false;
  let waiting;
  let asking;

  const chosenName = () => (select.value ? select.selectedOptions[0]?.textContent.trim() ?? "" : "");

  // Carries a name for which no organisation was chosen.
  const carrier = words.wordsName && element("input", { type: "text", name: words.wordsName, hidden: "" });
  if (carrier) {
    carrier.value = words.words;
    frame.append(carrier);
    document.querySelectorAll(`a[href="#${words.wordsName}"]`).forEach((link) => {
      link.href = `#${id}`;
    });
  }
  const carry = (typed) => {
    if (carrier && carrier.value !== typed) {
      carrier.value = typed;
      carrier.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  // Words of which the search has found nothing need not be asked about.
  let nothingFound = false;
  const unknown = words.wordsUnknown && element("input", { type: "hidden", name: words.wordsUnknown, value: "unknown" });
  const sayUnknown = (is) => {
    if (unknown && is) {
      frame.append(unknown);
    } else if (unknown) {
      unknown.remove();
    }
  };
  // What other words were asked about is no question any more.
  const forgetMeant = () => {
    document.querySelectorAll("[data-words-meant]").forEach((box) => {
      box.hidden = true;
      box.querySelectorAll("input").forEach((choice) => {
        choice.checked = false;
      });
    });
  };

  const none = [...select.options].find((option) => option.value === "");
  const noneName = none?.textContent.trim() ?? "";

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const mark = (index) => {
    active = index;
    [...list.children].forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === index));
    });
    const option = list.children[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const pick = (item) => {
    const value = String(item.id);
    if (![...select.options].some((option) => option.value === value)) {
      select.add(new Option(item.name, value));
    }
    select.value = value;
    input.value = item.name;
    carry("");
    sayUnknown(false);
    forgetMeant();
    close();
    select.dispatchEvent(new Event("change", { bubbles: true }));
    select.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const show = (found) => {
    items = found;
    nothingFound = !found.length;
    stale = false;
    list.replaceChildren(
      ...found.map((item, at) => {
        const option = element("li", { class: "combo__option", role: "option", id: `${listId}-${at}`, "aria-selected": "false" }, item.name);
        if (item.path) {
          option.append(element("span", { class: "combo__path" }, item.path));
        }
        option.addEventListener("mousedown", (event) => event.preventDefault());
        option.addEventListener("click", () => pick(item));
        return option;
      }),
    );
    active = -1;
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(Boolean(found.length)));
    input.removeAttribute("aria-activedescendant");
    status.textContent = found.length ? words.found.replace("{n}", found.length) : words.none;
    status.classList.toggle("visually-hidden", Boolean(found.length));
  };

  const giveUp = () => {
    stale = false;
    close();
    status.textContent = words.failed;
    status.classList.remove("visually-hidden");
    frame.before(select);
    select.hidden = false;
  };

  const ask = async () => {
    asking?.abort();
    // Nothing typed is the first of the choices: "I do not know" where the form has it.
    if (!input.value.trim()) {
      const none = [...select.options].find((option) => option.value === "");
      show(none ? [{ id: "", name: none.textContent.trim() }] : []);
      status.textContent = "";
      return;
    }
    asking = new AbortController();
    const url = new URL(words.url, location.href);
    url.searchParams.set("q", input.value.trim());
    try {
      const answer = await fetch(url, {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        signal: asking.signal,
      });
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      show((await answer.json()).items);
    } catch (problem) {
      if (problem.name !== "AbortError") {
        giveUp();
      }
    }
  };

  input.addEventListener("input", (event) => {
    clearTimeout(waiting);
    // The list still answers what was typed before: Enter must not take the first of it, and
    // "none of them" must not lie under the finger of whoever has begun to type.
    stale = true;
    nothingFound = false;
    if (items.length === 1 && items[0].id === "") {
      close();
    }
    if (!event.isComposing) {
      waiting = setTimeout(ask, 180);
    }
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 180);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) {
      return;
    }
    const last = items.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) {
        ask();
      } else if (event.key === "ArrowDown") {
        mark(active >= last ? 0 : active + 1);
      } else {
        mark(active <= 0 ? last : active - 1);
      }
    } else if (event.key === "Enter" && stale) {
      event.preventDefault();
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      pick(items[Math.max(active, 0)]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  input.addEventListener("focus", () => {
    if (!select.value && !carrier?.value) {
      input.value = "";
    }
    if (!input.value.trim()) {
      ask();
    }
  });
  // Words that were never chosen are sent as they are, or name no organisation: show what is sent.
  const settle = () => {
    clearTimeout(waiting);
    stale = false;
    asking?.abort();
    close();
    const typed = input.value.trim();
    if (!typed && none) {
      select.value = "";
    }
    if (carrier && typed && typed !== noneName && typed !== chosenName()) {
      if (carrier.value !== typed) {
        forgetMeant();
        sayUnknown(nothingFound);
      }
      select.value = "";
      carry(typed);
      return;
    }
    carry("");
    sayUnknown(false);
    input.value = typed && !select.value ? noneName : chosenName();
  };
  input.addEventListener("blur", settle);
  select.form?.addEventListener("submit", settle);
  select.addEventListener("change", () => {
    input.value = chosenName() || carrier?.value || "";
  });
  carrier?.addEventListener("input", () => {
    if (carrier.value) {
      input.value = carrier.value;
    }
  });
  // A browser that goes back may fill the list without a word.
  window.addEventListener("pageshow", () => {
    if (document.activeElement !== input) {
      input.value = chosenName() || carrier?.value || "";
    }
  });

  if (words.currentId) {
    pick({ id: words.currentId, name: words.currentName });
  } else {
    input.value = chosenName() || carrier?.value || "";
  }
  // Whoever was there before this file had come stays there.
  if (focused) {
    input.focus();
  }
}

document.querySelectorAll("[data-tree-picker]").forEach(improve);
