//! From what people type to a query of the index. It never fails on their input.

use tantivy::{
    Term,
    query::{AllQuery, BooleanQuery, BoostQuery, Occur, PhraseQuery, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::{SearchQuery, index::Fields, tokenizer::words};
use crate::{content::ChangeKind, id::SiteId};

/// What is typed beyond this is left out.
const LONGEST: usize = 200;
/// Words beyond this are left out.
const MOST_WORDS: usize = 24;
/// The title counts more than the lead, the lead more than the text.
const TITLE: f32 = 4.0;
const LEAD: f32 = 2.0;

type Clause = (Occur, Box<dyn Query>);

/// The query of a site's readers; `every`: all words must stand there, else any of them.
pub fn build(fields: &Fields, site: SiteId, asked: &SearchQuery, every: bool) -> BooleanQuery {
    let mut clauses: Vec<Clause> = vec![(Occur::Must, exact(fields.site, &site.to_string()))];
    if !asked.kinds.is_empty() {
        let kinds = asked
            .kinds
            .iter()
            .map(|kind: &ChangeKind| (Occur::Should, exact(fields.kind, kind.name())))
            .collect();
        clauses.push((Occur::Must, Box::new(BooleanQuery::new(kinds))));
    }
    if let Some(category) = &asked.category {
        clauses.push((Occur::Must, exact(fields.category, category)));
    }
    if let Some(tag) = &asked.tag {
        clauses.push((Occur::Must, exact(fields.tag, tag)));
    }
    clauses.push((Occur::Must, text(fields, &asked.text, every)));
    BooleanQuery::new(clauses)
}

/// Whether there is anything in it to look for.
pub fn has_words(typed: &str) -> bool {
    !words(&readable(typed)).is_empty()
}

/// What of a text is read.
fn readable(typed: &str) -> String {
    typed
        .chars()
        .filter(|character| !character.is_control())
        .take(LONGEST)
        .collect()
}

fn exact(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(
        Term::from_field_text(field, text),
        IndexRecordOption::Basic,
    ))
}

fn text(fields: &Fields, typed: &str, every: bool) -> Box<dyn Query> {
    let typed = readable(typed);
    let occur = if every { Occur::Must } else { Occur::Should };
    let mut clauses: Vec<Clause> = Vec::new();
    // Every second part of a text that is split at quotes stands within quotes.
    for (index, part) in typed.split(['"', '“', '”']).enumerate() {
        let mut terms: Vec<(usize, String)> = words(part)
            .into_iter()
            .map(|token| (token.position, token.text))
            .collect();
        terms.truncate(MOST_WORDS);
        if index % 2 == 1 && terms.len() > 1 {
            clauses.push((Occur::Must, phrase(fields, &terms)));
        } else {
            clauses.extend(
                terms
                    .iter()
                    .map(|(_, term)| (occur, anywhere(fields, term))),
            );
        }
    }
    clauses.truncate(MOST_WORDS);
    if clauses.is_empty() {
        return Box::new(AllQuery);
    }
    Box::new(BooleanQuery::new(clauses))
}

fn anywhere(fields: &Fields, term: &str) -> Box<dyn Query> {
    let one = |field: Field, boost: f32| -> Clause {
        let query = TermQuery::new(
            Term::from_field_text(field, term),
            IndexRecordOption::WithFreqs,
        );
        (
            Occur::Should,
            Box::new(BoostQuery::new(Box::new(query), boost)),
        )
    };
    Box::new(BooleanQuery::new(vec![
        one(fields.title, TITLE),
        one(fields.lead, LEAD),
        one(fields.body, 1.0),
    ]))
}

fn phrase(fields: &Fields, terms: &[(usize, String)]) -> Box<dyn Query> {
    // Words of search mode overlap; for a phrase one word for each place is enough.
    let mut places: Vec<(usize, &str)> = Vec::new();
    for (position, term) in terms {
        if places.last().is_none_or(|(last, _)| last != position) {
            places.push((*position, term));
        }
    }
    let one = |field: Field, boost: f32| -> Clause {
        let terms: Vec<(usize, Term)> = places
            .iter()
            .map(|(position, term)| (*position, Term::from_field_text(field, term)))
            .collect();
        let query: Box<dyn Query> = match terms.as_slice() {
            [(_, only)] => Box::new(TermQuery::new(only.clone(), IndexRecordOption::WithFreqs)),
            _ => Box::new(PhraseQuery::new_with_offset(terms)),
        };
        (Occur::Should, Box::new(BoostQuery::new(query, boost)))
    };
    Box::new(BooleanQuery::new(vec![
        one(fields.title, TITLE),
        one(fields.lead, LEAD),
        one(fields.body, 1.0),
    ]))
}
