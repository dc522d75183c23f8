"""What a bureau files each quarter on how well grades, draws and models do (季度信用风险分类与抽查评估报告)."""
