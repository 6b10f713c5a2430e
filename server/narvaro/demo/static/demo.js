for (const button of document.querySelectorAll("button[data-opens]")) {
  button.addEventListener("click", () => {
    window.open(button.dataset.opens, button.dataset.window, button.dataset.features);
  });
}
