/* START TRANSACTION, COMMIT, ROLLBACK: carried out by the host, which keeps clients' transactions.
 */
#include "analyze/statement.h"

static const char *isolation_name(IsolationLevel level) {
    static const char *const names[] = {
        [ISOLATION_SERIALIZABLE] = "SERIALIZABLE",
        [ISOLATION_REPEATABLE_READ] = "REPEATABLE READ",
        [ISOLATION_READ_COMMITTED] = "READ COMMITTED",
        [ISOLATION_READ_UNCOMMITTED] = "READ UNCOMMITTED",
    };
    return names[level];
}

static Status run_start(Context *cx, Analysis *analysis) {
    const StartTransaction *start = (const StartTransaction *)analysis->statement;
    const char *isolation = "READ UNCOMMITTED";
    bool read_only = false, has_isolation = false, has_access = false;
    for (int32_t i = 0; i < start->transaction_modes.count; i++) {
        const Node *mode = start->transaction_modes.items[i];
        bool *seen = mode->kind == NODE_ISOLATION ? &has_isolation : &has_access;
        if (*seen) {
            return FAIL(cx, SYNTAX_ERROR, "Multiple transaction %s specified",
                        mode->kind == NODE_ISOLATION ? "isolation levels" : "read modes");
        }
        *seen = true;
        if (mode->kind == NODE_ISOLATION) {
            isolation = isolation_name(((const Isolation *)mode)->level);
        } else {
            read_only = ((const TransactionAccessMode *)mode)->read_only;
        }
    }
    return analysis->host->start_transaction(cx, analysis->host->closure, read_only, isolation,
                                             &analysis->changes.started_transaction_id);
}

Status analyze_start_transaction(Analyzer *an, const Node *statement) {
    return set_task(an, "START TRANSACTION", run_start);
}

static Status finish(Context *cx, Analysis *analysis, bool commit) {
    analysis->changes.clear_transaction_id = true;
    return analysis->host->finish_transaction(cx, analysis->host->closure, commit);
}

static Status run_commit(Context *cx, Analysis *analysis) {
    return finish(cx, analysis, true);
}

static Status run_rollback(Context *cx, Analysis *analysis) {
    return finish(cx, analysis, false);
}

Status analyze_commit(Analyzer *an, const Node *statement) {
    return set_task(an, "COMMIT", run_commit);
}

Status analyze_rollback(Analyzer *an, const Node *statement) {
    return set_task(an, "ROLLBACK", run_rollback);
}
