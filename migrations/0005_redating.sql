CREATE TABLE `redating` (
	`tenant_id` integer PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`after_app` integer NOT NULL
);
