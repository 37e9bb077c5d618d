// settings.v1.SettingsService: what Grafana's pages keep of a tenant's choices.
import { CLIENT_STORE } from "../../config/clients.ts";
import { SettingsService } from "../../connect/gen/settings/v1/setting_pb.ts";
import { AppError, invalidArgument } from "../../lib/app-error.ts";
import { deleteSetting, readSettings, type Setting, writeSetting } from "../../storage/settings.ts";
import { clockOf, tenantOf } from "../ports.ts";
import { requireTextBytes, tooMany } from "../requirements.ts";
import { type ServiceMethod, serviceMethod } from "../service-method.ts";

const { get, set, delete: remove } = SettingsService.method;

export const SETTINGS_METHODS: readonly ServiceMethod[] = [
  serviceMethod(get, "read", async (_request, c) => ({
    settings: (await readSettings(c.env.CATALOG, tenantOf())).map(messageOf),
  })),
  serviceMethod(set, "write", async ({ setting }, c) => {
    if (setting === undefined) throw invalidArgument("no setting values provided");
    const { name, value } = setting;
    requireName(name);
    requireTextBytes("settingBytes", "value", value, CLIENT_STORE.settingBytes);
    const now = clockOf(c.env)();
    const saved: Setting = { name, value, modifiedAt: modifiedAtOf(setting.modifiedAt, now) };
    const outcome = await writeSetting(c.env.CATALOG, tenantOf(), saved, now);
    if (outcome === "newer") throw new AppError("conflict", `failed to update ${name}: newer update already written`);
    if (outcome === "full") throw tooMany("settings", "settings", CLIENT_STORE.settings);
    return { setting: messageOf(saved) };
  }),
  serviceMethod(remove, "write", async ({ name }, c) => {
    requireName(name);
    await deleteSetting(c.env.CATALOG, tenantOf(), name);
    return {};
  }),
];

const messageOf = ({ name, value, modifiedAt }: Setting) => ({ name, value, modifiedAt: BigInt(modifiedAt) });

function requireName(name: string): void {
  if (name === "") throw invalidArgument("no setting name provided");
  requireTextBytes("settingNameBytes", "name", name, CLIENT_STORE.settingNameBytes);
}

/** Milliseconds; now, unless the client says when. */
function modifiedAtOf(said: bigint, now: number): number {
  if (said <= 0n) return Math.floor(now * 1000);
  if (said > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidArgument(`modifiedAt ${said} is no time in milliseconds`);
  return Number(said);
}
