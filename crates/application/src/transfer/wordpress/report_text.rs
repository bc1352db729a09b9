//! A report in lines for people to read.

use std::fmt;

use super::report::{Counts, ImportReport, Kind, Tally};

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rehearsed = if self.dry_run { " (dry run)" } else { "" };
        writeln!(
            f,
            "source {}, edition {}{rehearsed}",
            self.source, self.edition
        )?;
        writeln!(
            f,
            "{:<12} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
            "", "created", "updated", "unchanged", "skipped", "conflicts", "failed"
        )?;
        for kind in Kind::ALL {
            let counts = self.tally.kinds.of(kind);
            if !counts.is_empty() {
                let Counts {
                    created,
                    updated,
                    unchanged,
                    skipped,
                    conflicts,
                    failed,
                } = counts;
                let name = kind.as_str();
                writeln!(
                    f,
                    "{name:<12} {created:>9} {updated:>9} {unchanged:>9} {skipped:>9} {conflicts:>9} {failed:>9}"
                )?;
            }
        }
        self.tally.write_reasons(f)?;
        self.tally.write_lists(f)?;
        if let Some(error) = &self.error {
            writeln!(f, "the import is not complete: {error}")?;
        }
        Ok(())
    }
}

impl Tally {
    fn write_reasons(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons = &self.reasons;
        for (what, names) in [
            ("types not imported", &reasons.skipped_types),
            ("left out for their status", &reasons.skipped_statuses),
            ("comments left out", &reasons.skipped_comments),
            ("shortcodes kept as text", &reasons.unknown_shortcodes),
            ("unknown blocks, content kept", &reasons.unknown_blocks),
            ("blocks dropped", &reasons.unsupported_blocks),
            ("collisions, kept apart", &reasons.collisions),
            ("faults mended", &reasons.mended),
        ] {
            if !names.is_empty() {
                let list: Vec<String> = names
                    .iter()
                    .map(|(name, count)| format!("{name} {count}"))
                    .collect();
                writeln!(f, "{what}: {}", list.join(", "))?;
            }
        }
        for (what, count) in [
            ("pieces kept as raw HTML", reasons.raw_html_blocks),
            ("reusable blocks not shown", reasons.reusable_blocks),
            ("page breaks", reasons.page_breaks),
            ("links not resolved yet", reasons.unresolved_links),
            ("joined by the list of links", reasons.joined),
            ("main pictures not there", reasons.missing_thumbnails),
            ("terms of pages, not kept", reasons.terms_of_pages),
            ("menu items without a target", reasons.lost_menu_items),
        ] {
            if count > 0 {
                writeln!(f, "{what}: {count}")?;
            }
        }
        Ok(())
    }

    fn write_lists(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in &self.notes {
            let kind = note.kind.as_str();
            writeln!(
                f,
                "note: {kind} {} `{}`: {}",
                note.item_id, note.title, note.text
            )?;
        }
        for note in &self.conflicts {
            let kind = note.kind.as_str();
            writeln!(
                f,
                "conflict: {kind} {} `{}`: {}",
                note.item_id, note.title, note.text
            )?;
        }
        for problem in &self.problems {
            let id = problem.item_id.as_deref().unwrap_or("without id");
            let (line, byte) = (problem.line, problem.byte_offset);
            writeln!(
                f,
                "problem: line {line} (byte {byte}), {} {id}: {}",
                problem.kind, problem.reason
            )?;
        }
        for (what, count, listed) in [
            ("notes", self.note_count, self.notes.len()),
            ("conflicts", self.conflict_count, self.conflicts.len()),
            ("problems", self.problem_count, self.problems.len()),
        ] {
            let more = count.saturating_sub(super::frame::wide(listed));
            if more > 0 {
                writeln!(f, "and {more} more {what}")?;
            }
        }
        Ok(())
    }
}
