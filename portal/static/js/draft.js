// Keeps what is typed in this browser until it has been sent. Never stores passwords, files, hidden
// fields, ticked boxes (consent is given again each time) or what is marked data-draft-skip; a draft
// older than a week is dropped unread.
const PREFIX = "letterbox:draft:";
const WEEK = 7 * 24 * 3600 * 1000;

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key));
    if (draft && Date.now() - draft.at < WEEK) {
      return draft;
    }
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Storage is closed to us or holds something foreign: the page works without a draft.
  }
  return null;
}

function write(key, values) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values }));
    return true;
  } catch {
    return false;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // Nothing could be stored, so nothing is left behind.
  }
}

function keepable(field) {
  return (
    field.name &&
    !["hidden", "password", "file", "checkbox", "submit", "button", "reset"].includes(field.type) &&
    !field.closest("[data-draft-skip]") &&
    field.dataset.draftSkip === undefined
  );
}

function collect(form) {
  const values = {};
  for (const field of form.elements) {
    if (!keepable(field)) {
      continue;
    }
    if (field.type === "radio") {
      if (field.checked) {
        values[field.name] = [field.value];
      }
    } else if (field.value.trim()) {
      values[field.name] = [field.value];
      if (field.tagName === "SELECT") {
        values[`${field.name}:text`] = [field.selectedOptions[0]?.textContent ?? ""];
      }
    }
  }
  return values;
}

function choose(select, value, text) {
  if (![...select.options].some((option) => option.value === value)) {
    select.add(new Option(text || value, value));
  }
  select.value = value;
}

function restore(form, values) {
  for (const field of form.elements) {
    if (!keepable(field)) {
      continue;
    }
    const kept = values[field.name];
    if (field.type === "radio") {
      field.checked = Boolean(kept?.includes(field.value));
    } else if (kept && field.tagName === "SELECT") {
      choose(field, kept[0], values[`${field.name}:text`]?.[0]);
    } else if (kept) {
      field.value = kept[0];
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// Differs from what the server sent: typed on a slow line before this file had come.
function touched(field) {
  if (!keepable(field)) {
    return false;
  }
  return field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== (field.defaultValue ?? field.value);
}

function improve(form) {
  const key = form.dataset.draft;
  const offer = form.querySelector("[data-draft-offer]");
  const status = form.querySelector("[data-draft-status]");
  const found = JSON.stringify(collect(form));
  const early = [...form.elements].some(touched);
  const pristine = early ? "" : found;
  const draft = read(key);
  let waiting;

  // What the server sent back, after an error or a preview, is newer than any draft.
  const newer = form.dataset.draftKept !== undefined || form.querySelector("[data-error-summary]");
  if (draft && offer && !newer) {
    if (JSON.stringify(draft.values) !== found) {
      offer.querySelector("[data-draft-when]").textContent = new Date(draft.at).toLocaleString(
        document.documentElement.lang,
        { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" },
      );
      offer.hidden = false;
    }
  }

  // No timer under way means nothing typed since: what was deleted must not be kept again on leaving.
  const rest = () => {
    clearTimeout(waiting);
    waiting = undefined;
  };
  const save = () => {
    rest();
    const values = collect(form);
    if (JSON.stringify(values) === pristine && !offer?.hidden) {
      return;
    }
    const kept = write(key, values);
    if (status) {
      status.hidden = !kept;
    }
  };

  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 600);
  };
  form.addEventListener("input", later);
  if (early) {
    later();
  }
  // A phone that switches to another app may never come back to this page.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && waiting) {
      save();
    }
  });

  form.querySelector("[data-draft-restore]")?.addEventListener("click", () => {
    restore(form, draft.values);
    offer.hidden = true;
    form.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
  form.querySelectorAll("[data-draft-discard]").forEach((button) => {
    button.addEventListener("click", () => {
      rest();
      forget(key);
      if (offer) {
        offer.hidden = true;
      }
      if (status) {
        status.hidden = true;
      }
    });
  });
}

// Another page that knows of the draft: offers to delete it, where there is one.
function offerToDelete(place) {
  const key = place.dataset.draftLeft;
  const button = place.querySelector("[data-draft-discard]");
  const gone = place.querySelector("[data-draft-gone]");
  place.hidden = !read(key);
  button.addEventListener("click", () => {
    forget(key);
    for (const child of place.children) {
      child.hidden = child !== gone;
    }
    gone.focus();
  });
}

// A button that gives the draft up, once it is confirmed.
document.addEventListener("submit", (event) => {
  const { draftForget, confirm } = event.submitter?.dataset ?? {};
  if (draftForget && (!confirm || event.target.dataset.confirmed)) {
    forget(draftForget);
  }
});

document.querySelectorAll("[data-draft-left]").forEach(offerToDelete);
document.querySelectorAll("[data-draft-clear]").forEach((sign) => {
  forget(sign.dataset.draftClear);
});
document.querySelectorAll("form[data-draft]").forEach(improve);
