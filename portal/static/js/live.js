// A list that filters as one types: fetches the page that the form would lead to and puts its
// results in place of the old ones. The address follows, so that it can be shared.
function improve(form) {
  const selector = form.dataset.live;
  let waiting;
  let asking;

  const ask = async () => {
    const url = new URL(form.action, location.href);
    for (const [name, value] of new FormData(form)) {
      if (value) {
        url.searchParams.set(name, value);
      }
    }
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(url, { credentials: "same-origin", signal: asking.signal });
      if (!answer.ok || answer.redirected) {
        return;
      }
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(selector);
      const old = document.querySelector(selector);
      // The status line stays in place and changes its words, so that readers announce them.
      const status = old.querySelector("[role=status]");
      const said = fresh.querySelector("[role=status]");
      status.textContent = said.textContent;
      said.replaceWith(status);
      old.replaceChildren(...fresh.childNodes);
      history.replaceState(null, "", url);
    } catch {
      // The button still leads to the same list.
    }
  };

  const later = (event) => {
    clearTimeout(waiting);
    if (!event.isComposing) {
      waiting = setTimeout(ask, 250);
    }
  };
  form.addEventListener("input", later);
  form.addEventListener("compositionend", later);
  form.addEventListener("change", later);
}

document.querySelectorAll("form[data-live]").forEach(improve);
