// The forms of a unary call, by Content-Type.
//
//   application/proto                    message                                  an error: its status and JSON
//   application/json                     the message as JSON                      the same
//   application/grpc-web[+proto|+json]   (flags | length: 4 bytes | message) …    an error: 200 and a frame of trailers, flags 0x80
//   application/grpc-web-text[+proto]    the same in base64                       the same in base64

export interface Form {
  /** As the library knows it. */
  readonly type: string;
  readonly isWeb: boolean;
  readonly isText: boolean;
  readonly isJson: boolean;
}

const form = (type: string, isText = false): Form => ({
  type,
  isWeb: type.includes("grpc-web"),
  isText,
  isJson: type.endsWith("json"),
});

const FORMS: ReadonlyMap<string, Form> = new Map([
  ["application/proto", form("application/proto")],
  ["application/json", form("application/json")],
  ["application/grpc-web", form("application/grpc-web+proto")],
  ["application/grpc-web+proto", form("application/grpc-web+proto")],
  ["application/grpc-web+json", form("application/grpc-web+json")],
  ["application/grpc-web-text", form("application/grpc-web+proto", true)],
  ["application/grpc-web-text+proto", form("application/grpc-web+proto", true)],
]);

/** For the header Accept-Post. */
export const UNARY_TYPES = [...FORMS.keys()].join(", ");

/** Content-Type without its parameters. */
export const essenceOf = (headers: Headers): string =>
  (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

/** null for what is no unary call: streams and native gRPC, too, whose trailers a Worker can't send. */
export const formOf = (headers: Headers): Form | null => FORMS.get(essenceOf(headers)) ?? null;
