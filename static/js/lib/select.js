// Choose a value of a list, which may lack it: a voice that was installed while the page is open.
export function selectOption(select, value, name) {
  select.value = value;
  if (select.selectedIndex < 0) select.add(new Option(name, value, false, true));
}
