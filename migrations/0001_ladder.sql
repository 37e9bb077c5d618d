CREATE TABLE `compactions` (
	`app_id` integer NOT NULL,
	`width` integer NOT NULL,
	`start` integer NOT NULL,
	`due_at` integer NOT NULL,
	`version` integer NOT NULL,
	PRIMARY KEY(`app_id`, `width`, `start`)
);
--> statement-breakpoint
CREATE INDEX `compactions_due` ON `compactions` (`due_at`);--> statement-breakpoint
CREATE TABLE `deletions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tenant_id` integer NOT NULL,
	`app_id` integer NOT NULL,
	`service` text NOT NULL,
	`matchers` text,
	`from_time` integer,
	`until_time` integer,
	`requested_at` integer NOT NULL,
	`state` text NOT NULL,
	`progress` text,
	`done_at` integer
);
--> statement-breakpoint
CREATE INDEX `deletions_open` ON `deletions` (`state`);--> statement-breakpoint
CREATE TABLE `retention` (
	`tenant_id` integer NOT NULL,
	`app_id` integer NOT NULL,
	`finest` integer NOT NULL,
	`seconds` integer,
	PRIMARY KEY(`tenant_id`, `app_id`, `finest`)
);
--> statement-breakpoint
CREATE TABLE `shard_maps` (
	`app_id` integer NOT NULL,
	`version` integer NOT NULL,
	`count` integer NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`app_id`, `version`)
);
--> statement-breakpoint
ALTER TABLE `apps` ADD `merge_seq` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `apps` ADD `dropped_10` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `apps` ADD `dropped_60` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `apps` ADD `dropped_3600` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `apps` ADD `dropped_86400` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `segments` ADD `dict_shard` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `segments` ADD `covers` text;--> statement-breakpoint
ALTER TABLE `segments` ADD `expires_at` integer;--> statement-breakpoint
CREATE INDEX `segments_expire` ON `segments` (`expires_at`) WHERE expires_at IS NOT NULL;--> statement-breakpoint
INSERT INTO `compactions` (`app_id`, `width`, `start`, `due_at`, `version`)
	SELECT DISTINCT `app_id`, 21600, `start` - `start` % 21600, `start` - `start` % 21600 + 21900, 1 FROM `segments` WHERE `width` = 3600;--> statement-breakpoint
UPDATE `segments` SET `dict_shard` = `shard`, `expires_at` = `start` + 3600 + CASE `finest` WHEN 10 THEN 172800 ELSE 1209600 END WHERE `width` = 3600;
