/* SPDX-License-Identifier: MIT */
/* Numbers and texts as each format wants them written. */
#ifndef MSRD_CLI_OUTPUT_TEXT_H
#define MSRD_CLI_OUTPUT_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_NUMBER_SIZE 32
/* Whole numbers to the last digit, others with the 15 that any number keeps. Returns text. */
const char *text_number(double value, char text[TEXT_NUMBER_SIZE]);

/* "2.16 G" for 2160000000: four digits and an SI prefix, "n/a" for NAN. Returns text. */
const char *text_short(double value, char *text, size_t size);

#define TEXT_TIME_SIZE 40
/* "2026-01-31T12:00:00.000001Z". Returns text. */
const char *text_time(uint64_t wall_ns, char text[TEXT_TIME_SIZE]);

/* With quotes, as JSON has it; bytes that are no UTF-8 become U+FFFD. */
void text_json(const char *text, FILE *out);
/* A field as RFC 4180 has it: with quotes where it needs them. */
void text_csv(const char *text, FILE *out);
/* As far as it may be shown to people: what is no UTF-8 or no character that has a shape becomes
 * U+FFFD; cut where the buffer ends. Returns clean. */
const char *text_clean(const char *text, char *clean, size_t size);
/* With single quotes, in which gnuplot expands nothing; those of the text become typographic ones,
 * as a quote at its begin would end it, whether doubled or not. Of a text that is clean. */
void text_gnuplot(const char *text, FILE *out);
/* A label's value or a help of OpenMetrics, without quotes; bytes as text_json. */
void text_label(const char *text, FILE *out);

#endif
