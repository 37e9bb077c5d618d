CREATE TABLE `apps` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`tenant_id` integer NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `apps_tenant_name` ON `apps` (`tenant_id`,`name`);--> statement-breakpoint
CREATE TABLE `dictionaries` (
	`app_id` integer NOT NULL,
	`shard` integer NOT NULL,
	`epoch` integer NOT NULL,
	`from_node` integer NOT NULL,
	`to_node` integer NOT NULL,
	`object_key` text NOT NULL,
	`object_bytes` integer NOT NULL,
	PRIMARY KEY(`app_id`, `shard`, `epoch`, `from_node`, `to_node`)
);
--> statement-breakpoint
CREATE TABLE `label_values` (
	`app_id` integer NOT NULL,
	`name` text NOT NULL,
	`value` text NOT NULL,
	`first_day` integer NOT NULL,
	`last_day` integer NOT NULL,
	PRIMARY KEY(`app_id`, `name`, `value`)
);
--> statement-breakpoint
CREATE TABLE `profile_types` (
	`app_id` integer NOT NULL,
	`type_id` text NOT NULL,
	`old_suffix` text NOT NULL,
	`units` text NOT NULL,
	`aggregation` text NOT NULL,
	`sample_rate` integer NOT NULL,
	`spy_name` text NOT NULL,
	PRIMARY KEY(`app_id`, `type_id`)
);
--> statement-breakpoint
CREATE TABLE `retired_objects` (
	`object_key` text PRIMARY KEY NOT NULL,
	`delete_after` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `retired_after` ON `retired_objects` (`delete_after`);--> statement-breakpoint
CREATE TABLE `segments` (
	`app_id` integer NOT NULL,
	`width` integer NOT NULL,
	`start` integer NOT NULL,
	`shard` integer NOT NULL,
	`part` integer NOT NULL,
	`finest` integer NOT NULL,
	`epoch` integer NOT NULL,
	`object_key` text NOT NULL,
	`object_bytes` integer NOT NULL,
	`head_offset` integer NOT NULL,
	`head_length` integer NOT NULL,
	`head` text,
	PRIMARY KEY(`app_id`, `width`, `start`, `shard`, `part`, `finest`)
);
--> statement-breakpoint
CREATE TABLE `shards` (
	`app_id` integer NOT NULL,
	`shard` integer NOT NULL,
	`live_since` integer,
	`last_part` integer NOT NULL,
	`first_slot` integer,
	`last_slot` integer,
	PRIMARY KEY(`app_id`, `shard`)
);
--> statement-breakpoint
CREATE INDEX `shards_live` ON `shards` (`live_since`);--> statement-breakpoint
CREATE TABLE `tenants` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tenants_name` ON `tenants` (`name`);