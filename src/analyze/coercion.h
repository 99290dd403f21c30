/*
 * Which casts the analyzer may write. Apart from the other headers because the syntax tree and
 * function/cast.h both have a type named Cast. Pure functions; threads: any.
 */
#pragma once

#include "warren/type.h"

/* CAST(from AS to) is legal. */
bool can_cast(const Type *from, const Type *to);
/* A value may be stored in a column of type `to` (INSERT, UPDATE, MERGE), perhaps narrowed. */
bool can_store(const Type *from, const Type *to);
/* Storing must refuse to cut characters that are not spaces: to a shorter varchar or char. */
bool store_may_truncate(const Type *from, const Type *to);
