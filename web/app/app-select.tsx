// Two comboboxes: the application, and the profile type. Old dotted names are found in the first one too, so that
// somebody who knows `ride-sharing-app.cpu` can type just that.
import type { JSX } from "solid-js";
import type { Service, ServiceType } from "../../src/api/services.ts";
import { withQuery } from "../state/page-state.ts";
import { parseQuery } from "../state/query-text.ts";
import { queryFor, type Selection, sameTypeIn } from "../state/selection.ts";
import { agoText } from "../state/time-text.ts";
import type { AppModel } from "./app-model.ts";
import { Combobox, type ComboOption } from "./combobox.tsx";

export function AppSelect(props: { app: AppModel }): JSX.Element {
  const { store, state, services, selection, nowSeconds } = props.app;

  function choose(next: Selection): void {
    const now = selection();
    const kept = now?.service.name === next.service.name ? parseQuery(state().query ?? "") : null;
    store.update((before) => withQuery(before, queryFor(next, kept)), "push");
  }

  function apps(typed: string): ComboOption[] {
    const needle = typed.toLowerCase();
    const option = (service: Service): ComboOption => ({
      id: service.name,
      text: service.name,
      detail: agoText(service.lastSeen, nowSeconds()),
    });
    const named = services().filter(({ name }) => name.toLowerCase().includes(needle));
    if (needle === "") return named.map(option);
    const rest = services().filter((service) => !named.includes(service));
    const byType = rest.flatMap((service) =>
      service.types
        .filter(({ oldName }) => oldName?.toLowerCase().includes(needle))
        .map(({ id, oldName }) => ({ id: `${service.name}\n${id}`, text: oldName ?? id, detail: service.name })),
    );
    return [...named.map(option), ...byType];
  }

  function pickApp({ id }: ComboOption): void {
    const [name, typeId] = id.split("\n");
    const service = services().find((each) => each.name === name);
    const type =
      service?.types.find((each) => each.id === typeId) ?? (service && sameTypeIn(service, selection()?.type));
    if (service !== undefined && type !== undefined) choose({ service, type });
  }

  function types(typed: string): ComboOption[] {
    const needle = typed.toLowerCase();
    return (selection()?.service.types ?? [])
      .map((type) => ({ id: type.id, text: typeText(type), detail: type.oldName ?? type.id }))
      .filter(({ text, detail }) => `${text} ${detail}`.toLowerCase().includes(needle));
  }

  /** Old and new CPU types share a label: then the unit tells them apart. */
  function typeText({ label, units }: ServiceType): string {
    const namesakes = selection()?.service.types.filter((each) => each.label === label).length ?? 0;
    return namesakes > 1 ? `${label} (${units})` : label;
  }

  function pickType({ id }: ComboOption): void {
    const service = selection()?.service;
    const type = service?.types.find((each) => each.id === id);
    if (service !== undefined && type !== undefined) choose({ service, type });
  }

  const chosenType = () => {
    const type = selection()?.type;
    return type === undefined ? "" : typeText(type);
  };

  return (
    <div class="ef-header-pick">
      <Combobox
        label="Application"
        placeholder="Choose an application"
        value={selection()?.service.name ?? parseQuery(state().query ?? "")?.head ?? ""}
        selectedId={selection()?.service.name ?? null}
        options={apps}
        onPick={pickApp}
      />
      <Combobox
        label="Profile type"
        placeholder="Profile type"
        small={true}
        value={chosenType()}
        selectedId={selection()?.type.id ?? null}
        options={types}
        onPick={pickType}
      />
    </div>
  );
}
