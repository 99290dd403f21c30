/*
 * Statements: the dispatch by first word, and those that fit no larger family: EXPLAIN, prepared
 * statements, transactions, DML, COMMENT.
 */
#include "parser_internal.h"

/* ---- queries and EXPLAIN ---- */

static Status parse_query_statement(Parser *p, Node **ret_node) {
    Query *query;
    TRY(parse_root_query(p, &query));
    *ret_node = &query->node;
    return OK;
}

static Status parse_explain_option(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    if (accept(p, KEYWORD_FORMAT)) {
        ExplainFormat *format = NODE_AT(p, ExplainFormat, at);
        *ret_node = &format->node;
        if (accept(p, KEYWORD_TEXT)) {
            format->type = EXPLAIN_FORMAT_TEXT;
            return OK;
        }
        if (accept(p, KEYWORD_GRAPHVIZ)) {
            format->type = EXPLAIN_FORMAT_GRAPHVIZ;
            return OK;
        }
        format->type = EXPLAIN_FORMAT_JSON;
        return expect(p, KEYWORD_JSON);
    }
    TRY(expect(p, KEYWORD_TYPE));
    ExplainType *type = NODE_AT(p, ExplainType, at);
    *ret_node = &type->node;
    switch (peek(p)) {
    case KEYWORD_LOGICAL:
        type->type = EXPLAIN_TYPE_LOGICAL;
        break;
    case KEYWORD_DISTRIBUTED:
        type->type = EXPLAIN_TYPE_DISTRIBUTED;
        break;
    case KEYWORD_VALIDATE:
        type->type = EXPLAIN_TYPE_VALIDATE;
        break;
    case KEYWORD_IO:
        type->type = EXPLAIN_TYPE_IO;
        break;
    default:
        return unexpected(p);
    }
    advance(p);
    return OK;
}

static bool starts_statement(TokenKind kind) {
    switch (kind) {
    case TOKEN_LEFT_PAREN:
    case KEYWORD_SELECT:
    case KEYWORD_VALUES:
    case KEYWORD_TABLE:
    case KEYWORD_WITH:
    case KEYWORD_ALTER:
    case KEYWORD_ANALYZE:
    case KEYWORD_CALL:
    case KEYWORD_COMMENT:
    case KEYWORD_COMMIT:
    case KEYWORD_CREATE:
    case KEYWORD_DEALLOCATE:
    case KEYWORD_DELETE:
    case KEYWORD_DENY:
    case KEYWORD_DESC:
    case KEYWORD_DESCRIBE:
    case KEYWORD_DROP:
    case KEYWORD_EXECUTE:
    case KEYWORD_EXPLAIN:
    case KEYWORD_GRANT:
    case KEYWORD_INSERT:
    case KEYWORD_MERGE:
    case KEYWORD_PREPARE:
    case KEYWORD_REFRESH:
    case KEYWORD_RESET:
    case KEYWORD_REVOKE:
    case KEYWORD_ROLLBACK:
    case KEYWORD_SET:
    case KEYWORD_SHOW:
    case KEYWORD_START:
    case KEYWORD_TRUNCATE:
    case KEYWORD_UPDATE:
    case KEYWORD_USE:
        return true;
    default:
        return false;
    }
}

/* EXPLAIN ANALYZE statement, rather than EXPLAIN of an ANALYZE table statement. */
static bool at_explain_analyze(const Parser *p) {
    if (peek(p) != KEYWORD_ANALYZE) {
        return false;
    }
    int32_t statement = peek_at(p, 1) == KEYWORD_VERBOSE ? 2 : 1;
    TokenKind next = peek_at(p, statement + 1);
    bool is_table_name = next == TOKEN_DOT || (next == TOKEN_END && statement == 1);
    return starts_statement(peek_at(p, statement)) && !is_table_name;
}

static Status parse_explain(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    advance(p);
    if (at_explain_analyze(p)) {
        ExplainAnalyze *analyze = NODE_AT(p, ExplainAnalyze, at);
        advance(p);
        analyze->verbose = accept(p, KEYWORD_VERBOSE);
        *ret_node = &analyze->node;
        return parse_statement_rule(p, &analyze->statement);
    }
    Explain *explain = NODE_AT(p, Explain, at);
    bool has_options = peek(p) == TOKEN_LEFT_PAREN && !is_query_paren(p, p->position);
    if (has_options) {
        TRY(parse_parenthesized_list(p, parse_explain_option, &explain->options));
    }
    *ret_node = &explain->node;
    return parse_statement_rule(p, &explain->statement);
}

/* ---- prepared statements ---- */

static Status parse_prepare(Parser *p, Node **ret_node) {
    Prepare *prepare = NODE_AT(p, Prepare, current(p));
    advance(p);
    TRY(parse_identifier(p, &prepare->name));
    TRY(expect(p, KEYWORD_FROM));
    *ret_node = &prepare->node;
    return parse_statement_rule(p, &prepare->statement);
}

static Status parse_deallocate(Parser *p, Node **ret_node) {
    Deallocate *deallocate = NODE_AT(p, Deallocate, current(p));
    advance(p);
    TRY(expect(p, KEYWORD_PREPARE));
    *ret_node = &deallocate->node;
    return parse_identifier(p, &deallocate->name);
}

static Status parse_using(Parser *p, NodeList *parameters) {
    return accept(p, KEYWORD_USING) ? parse_list(p, parse_expression_rule, parameters) : OK;
}

static Status parse_execute(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    advance(p);
    if (peek(p) == KEYWORD_IMMEDIATE && is_string(peek_at(p, 1))) {
        ExecuteImmediate *immediate = NODE_AT(p, ExecuteImmediate, at);
        advance(p);
        TRY(parse_string(p, &immediate->statement));
        *ret_node = &immediate->node;
        return parse_using(p, &immediate->parameters);
    }
    Execute *execute = NODE_AT(p, Execute, at);
    TRY(parse_identifier(p, &execute->name));
    *ret_node = &execute->node;
    return parse_using(p, &execute->parameters);
}

/* DESCRIBE INPUT p, DESCRIBE OUTPUT p, DESCRIBE t, DESC t */
static Status parse_describe(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    advance(p);
    bool prepared = at->kind == KEYWORD_DESCRIBE && is_identifier(peek_at(p, 1));
    if (prepared && accept(p, KEYWORD_INPUT)) {
        DescribeInput *input = NODE_AT(p, DescribeInput, at);
        *ret_node = &input->node;
        return parse_identifier(p, &input->name);
    }
    if (prepared && accept(p, KEYWORD_OUTPUT)) {
        DescribeOutput *output = NODE_AT(p, DescribeOutput, at);
        *ret_node = &output->node;
        return parse_identifier(p, &output->name);
    }
    ShowColumns *columns = NODE_AT(p, ShowColumns, at);
    *ret_node = &columns->node;
    return parse_qualified_name(p, &columns->table);
}

/* ---- transactions ---- */

static Status parse_isolation(Parser *p, Node **ret_node) {
    Isolation *isolation = NODE_AT(p, Isolation, current(p));
    *ret_node = &isolation->node;
    TRY(expect_two(p, KEYWORD_ISOLATION, KEYWORD_LEVEL));
    if (accept(p, KEYWORD_SERIALIZABLE)) {
        isolation->level = ISOLATION_SERIALIZABLE;
        return OK;
    }
    if (accept(p, KEYWORD_REPEATABLE)) {
        isolation->level = ISOLATION_REPEATABLE_READ;
        return expect(p, KEYWORD_READ);
    }
    TRY(expect(p, KEYWORD_READ));
    if (accept(p, KEYWORD_COMMITTED)) {
        isolation->level = ISOLATION_READ_COMMITTED;
        return OK;
    }
    isolation->level = ISOLATION_READ_UNCOMMITTED;
    return expect(p, KEYWORD_UNCOMMITTED);
}

static Status parse_transaction_mode(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    if (!accept(p, KEYWORD_READ)) {
        return parse_isolation(p, ret_node);
    }
    TransactionAccessMode *mode = NODE_AT(p, TransactionAccessMode, at);
    mode->read_only = accept(p, KEYWORD_ONLY);
    *ret_node = &mode->node;
    return mode->read_only ? OK : expect(p, KEYWORD_WRITE);
}

static Status parse_start_transaction(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    StartTransaction *start = NODE_AT(p, StartTransaction, at);
    TRY(expect_two(p, KEYWORD_START, KEYWORD_TRANSACTION));
    if (peek(p) != TOKEN_END) {
        TRY(parse_list(p, parse_transaction_mode, &start->transaction_modes));
    }
    int levels = 0;
    int modes = 0;
    for (int32_t i = 0; i < start->transaction_modes.count; i++) {
        bool is_level = start->transaction_modes.items[i]->kind == NODE_ISOLATION;
        levels += is_level ? 1 : 0;
        modes += is_level ? 0 : 1;
    }
    if (levels > 1) {
        defer_error(p, SYNTAX_ERROR, at, "Multiple transaction isolation levels specified");
    } else if (modes > 1) {
        defer_error(p, SYNTAX_ERROR, at, "Multiple transaction read modes specified");
    }
    *ret_node = &start->node;
    return OK;
}

static Status parse_end_transaction(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    *ret_node = at->kind == KEYWORD_COMMIT ? &NODE_AT(p, Commit, at)->node
                                           : &NODE_AT(p, Rollback, at)->node;
    advance(p);
    (void)accept(p, KEYWORD_WORK);
    return OK;
}

/* ---- others ---- */

static Status parse_use(Parser *p, Node **ret_node) {
    Use *use = NODE_AT(p, Use, current(p));
    advance(p);
    TRY(parse_identifier(p, &use->schema));
    if (accept(p, TOKEN_DOT)) {
        use->catalog = use->schema;
        TRY(parse_identifier(p, &use->schema));
    }
    *ret_node = &use->node;
    return OK;
}

static Status parse_call(Parser *p, Node **ret_node) {
    Call *call = NODE_AT(p, Call, current(p));
    advance(p);
    TRY(parse_qualified_name(p, &call->name));
    TRY(expect(p, TOKEN_LEFT_PAREN));
    if (peek(p) != TOKEN_RIGHT_PAREN) {
        TRY(parse_list(p, parse_call_argument_node, &call->arguments));
    }
    *ret_node = &call->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

static Status parse_comment_on(Parser *p, Node **ret_node) {
    Comment *comment = NODE_AT(p, Comment, current(p));
    TRY(expect_two(p, KEYWORD_COMMENT, KEYWORD_ON));
    if (accept(p, KEYWORD_VIEW)) {
        comment->type = COMMENT_VIEW;
    } else if (accept(p, KEYWORD_COLUMN)) {
        comment->type = COMMENT_COLUMN;
    } else {
        TRY(expect(p, KEYWORD_TABLE));
        comment->type = COMMENT_TABLE;
    }
    TRY(parse_qualified_name(p, &comment->name));
    TRY(expect(p, KEYWORD_IS));
    *ret_node = &comment->node;
    return accept(p, KEYWORD_NULL) ? OK : parse_string(p, &comment->comment);
}

static Status parse_analyze(Parser *p, Node **ret_node) {
    Analyze *analyze = NODE_AT(p, Analyze, current(p));
    advance(p);
    TRY(parse_qualified_name(p, &analyze->table_name));
    *ret_node = &analyze->node;
    return parse_properties(p, &analyze->properties);
}

static Status parse_truncate(Parser *p, Node **ret_node) {
    TruncateTable *truncate = NODE_AT(p, TruncateTable, current(p));
    TRY(expect_two(p, KEYWORD_TRUNCATE, KEYWORD_TABLE));
    *ret_node = &truncate->node;
    return parse_qualified_name(p, &truncate->table_name);
}

static Status parse_refresh(Parser *p, Node **ret_node) {
    RefreshMaterializedView *refresh = NODE_AT(p, RefreshMaterializedView, current(p));
    advance(p);
    TRY(expect_two(p, KEYWORD_MATERIALIZED, KEYWORD_VIEW));
    refresh->table = NODE_AT(p, TableReference, current(p));
    *ret_node = &refresh->node;
    return parse_qualified_name(p, &refresh->table->name);
}

/* ---- dispatch ---- */

static Rule rule_of_statement(TokenKind first) {
    static const struct {
        TokenKind first;
        Rule rule;
    } rules[] = {
        {KEYWORD_ALTER, parse_alter},
        {KEYWORD_ANALYZE, parse_analyze},
        {KEYWORD_CALL, parse_call},
        {KEYWORD_COMMENT, parse_comment_on},
        {KEYWORD_COMMIT, parse_end_transaction},
        {KEYWORD_ROLLBACK, parse_end_transaction},
        {KEYWORD_CREATE, parse_create},
        {KEYWORD_DEALLOCATE, parse_deallocate},
        {KEYWORD_DELETE, parse_delete},
        {KEYWORD_DENY, parse_deny},
        {KEYWORD_DESC, parse_describe},
        {KEYWORD_DESCRIBE, parse_describe},
        {KEYWORD_DROP, parse_drop},
        {KEYWORD_EXECUTE, parse_execute},
        {KEYWORD_EXPLAIN, parse_explain},
        {KEYWORD_GRANT, parse_grant},
        {KEYWORD_INSERT, parse_insert},
        {KEYWORD_MERGE, parse_merge},
        {KEYWORD_PREPARE, parse_prepare},
        {KEYWORD_REFRESH, parse_refresh},
        {KEYWORD_RESET, parse_reset},
        {KEYWORD_REVOKE, parse_revoke},
        {KEYWORD_SET, parse_set},
        {KEYWORD_SHOW, parse_show},
        {KEYWORD_START, parse_start_transaction},
        {KEYWORD_TRUNCATE, parse_truncate},
        {KEYWORD_UPDATE, parse_update},
        {KEYWORD_USE, parse_use},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].first == first) {
            return rules[i].rule;
        }
    }
    return parse_query_statement;
}

Status parse_statement_rule(Parser *p, Node **ret_node) {
    TRY(enter(p));
    TRY(rule_of_statement(peek(p))(p, ret_node));
    leave(p);
    return OK;
}
