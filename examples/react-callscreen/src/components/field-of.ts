/** What stands in a field of a form. Fields belong to the browser (autofill, password managers) and are read when sent. */
export function fieldOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value : '';
}
