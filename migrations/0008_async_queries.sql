CREATE TABLE `async_queries` (
	`tenant_id` integer NOT NULL,
	`id` text NOT NULL,
	`asked_at` integer NOT NULL,
	`state` text NOT NULL,
	`question` text NOT NULL,
	`attempt` integer NOT NULL,
	`lease_until` integer NOT NULL,
	`stored_bytes` integer NOT NULL,
	`message` text,
	PRIMARY KEY(`tenant_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `async_queries_asked` ON `async_queries` (`asked_at`);