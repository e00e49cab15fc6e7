"""Worksheets for a class: drawn numbers, sheets to print with their keys, and marks for what comes back.

Read in this order: judge, friendly, sheet, html, pdf, answers, worksheet, grade.
"""
